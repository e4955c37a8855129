"""`keras.ops.image`: functions of images. No mathematics here, only names."""

from pellucid.atoms.image_colors import hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv
from pellucid.atoms.image_filters import gaussian_blur, sobel_edges, ssim
from pellucid.atoms.image_frames import (
    crop_images,
    extract_patches,
    extract_patches_3d,
    pad_images,
    resize,
)
from pellucid.atoms.image_scaling import scale_and_translate
from pellucid.atoms.image_warps import affine_transform, map_coordinates, perspective_transform
from pellucid.random.elastic import elastic_transform

__all__ = ["affine_transform", "crop_images", "elastic_transform", "extract_patches",
           "extract_patches_3d", "gaussian_blur", "hsv_to_rgb", "map_coordinates", "pad_images",
           "perspective_transform", "resize", "rgb_to_grayscale", "rgb_to_hsv",
           "scale_and_translate", "sobel_edges", "ssim"]
