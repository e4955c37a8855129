"""`keras.preprocessing.image`: pictures to arrays and back."""

from pellucid.data.images import array_to_img, img_to_array

__all__ = ["array_to_img", "img_to_array"]
