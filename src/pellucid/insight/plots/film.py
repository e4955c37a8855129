"""What all moving pictures share: they show one moment at a time, and are saved as one file."""

from __future__ import annotations

import base64
import io
import json
import tempfile
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import ArgumentError, FileError, user_line
from pellucid.files.atomic import replacing
from pellucid.insight.plots.style import house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HELD = 1500                             # milliseconds for which the last frame stands
PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { margin: 0; background: #ffffff; color: #1c2128; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: ${width}px; margin: 0 auto; padding: 12px; }
img { display: block; width: 100%; height: auto; }
div { display: flex; gap: 12px; align-items: center; }
button { font: inherit; min-width: 5em; padding: 4px 0; } input { flex: 1; min-width: 0; }
</style></head><body><main>
<img id="frame" alt="$title">
<div><button id="play">pause</button>
<input id="at" type="range" min="0" max="$last" value="0" aria-label="moment"></div>
</main><script>
const frames = $frames, at = document.getElementById("at"), play = document.getElementById("play");
const frame = document.getElementById("frame");
let running = true, due = 0;
function show(i) { at.value = i; frame.src = "data:image/png;base64," + frames[i]; }
function tick(now) {
  if (running && now >= due) {
    const next = (Number(at.value) + 1) % frames.length;
    show(next);
    due = now + (next === frames.length - 1 ? $held : $pause);
  }
  requestAnimationFrame(tick);
}
play.onclick = () => { running = !running; play.textContent = running ? "pause" : "play"; };
at.oninput = () => { running = false; play.textContent = "play"; show(Number(at.value)); };
show(0);
requestAnimationFrame(tick);
</script></body></html>
""")


class Film:
    """A picture that moves: ``figure`` shows one moment of ``steps``, `show` moves to another.

    A subclass draws ``figure``, sets ``steps`` and says in `show` how a moment looks. What it
    names in ``moving`` is laid over a ground that is drawn once; if it names nothing, each moment
    is drawn anew.
    """

    figure: Figure
    steps: int
    moving: Sequence[Any] = ()

    def show(self, step: int) -> Figure:
        """The figure at a step, from 0 to ``steps``."""
        raise NotImplementedError

    def save(self, file: str | PathLike[str], *, frames: int = 60, fps: int = 12) -> Path:
        """Write at most ``frames`` moments, ``fps`` of them a second; gives the path.

        The ending says how: ``.gif``; ``.html``, a page with a slider that needs no network;
        ``.mp4``, for which the program ffmpeg must be installed. The file is written whole or not
        at all. Raises ArgumentError for another ending, or fewer than 2 frames, FileError for a
        folder that cannot be written to, or without ffmpeg.
        """
        path = Path(file)
        kind = path.suffix.lower()
        if kind not in WRITERS:
            raise ArgumentError("an animation is written as .gif, .html or .mp4", got=path.name,
                                where=user_line())
        if frames < 2 or fps < 1:
            raise ArgumentError("an animation needs at least 2 frames, and 1 a second",
                                got=f"frames={frames}, fps={fps}", where=user_line())
        data = WRITERS[kind](self, self._moments(frames), fps)
        with replacing(path) as target:
            target.write(data)
        return path

    def _repr_html_(self) -> str:
        """A film runs in a notebook: as a GIF of at most 60 moments."""
        data = base64.b64encode(gif(self, self._moments(60), 12)).decode()
        return f'<img alt="{type(self).__name__}" src="data:image/gif;base64,{data}">'

    def _moments(self, frames: int) -> list[int]:
        return np.unique(np.linspace(0, self.steps, frames).round().astype(int)).tolist()

    def images(self, moments: Sequence[int]) -> list[Any]:
        """A Pillow image of each moment."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image
        drawing, found = FigureCanvasAgg(self.figure), []
        with house_style():
            for artist in self.moving:
                artist.set_animated(True)
            drawing.draw()
            ground = drawing.copy_from_bbox(self.figure.bbox)
            for step in moments:
                self.show(step)
                if self.moving:
                    drawing.restore_region(ground)
                    for artist in self.moving:
                        artist.axes.draw_artist(artist)
                else:
                    drawing.draw()
                found.append(Image.fromarray(np.array(drawing.buffer_rgba())[..., :3]))
            for artist in self.moving:
                artist.set_animated(False)
        return found


def gif(film: Film, moments: Sequence[int], fps: int) -> bytes:
    """The moments as a GIF that begins again, and stands a while at its end."""
    images = film.images(moments)
    palette = images[-1].quantize(method=2)             # an octree: no line loses its colour
    first, *others = [each.quantize(palette=palette, dither=0) for each in images]
    buffer = io.BytesIO()
    first.save(buffer, format="GIF", save_all=True, append_images=others, loop=0,
               duration=[1000 // fps] * len(others) + [HELD])
    return buffer.getvalue()


def html(film: Film, moments: Sequence[int], fps: int) -> bytes:
    """The moments in a page of their own, with a slider; nothing is fetched from elsewhere."""
    images = film.images(moments)
    page = PAGE.substitute(title=type(film).__name__, frames=json.dumps([_png(i) for i in images]),
                           width=images[0].width + 24, last=len(images) - 1, held=HELD,
                           pause=1000 // fps)
    return page.encode()


def mp4(film: Film, moments: Sequence[int], fps: int) -> bytes:
    """The moments as a video, by matplotlib's writer and the program ffmpeg."""
    from matplotlib.animation import FFMpegWriter
    if not FFMpegWriter.isAvailable():
        raise FileError("an .mp4 needs the program ffmpeg, which is not found",
                        hint="install it, or save as .gif or .html, which need nothing more")
    with tempfile.TemporaryDirectory() as folder, house_style():
        writer, draft = FFMpegWriter(fps=fps), Path(folder) / "film.mp4"
        with writer.saving(film.figure, str(draft), dpi=144):
            for step in [*moments, *[moments[-1]] * (HELD * fps // 1000)]:
                film.show(step)
                writer.grab_frame()
        return draft.read_bytes()


def _png(image: Any) -> str:
    buffer = io.BytesIO()
    image.quantize(method=2, dither=0).save(buffer, format="PNG")
    return base64.b64encode(buffer.getvalue()).decode()


WRITERS = {".gif": gif, ".html": html, ".mp4": mp4}
