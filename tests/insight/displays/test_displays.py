"""What notebooks and terminals show of values: whole, safe, and true to the numbers."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from rich.console import Console

from pellucid import Variable
from pellucid.callbacks import History
from pellucid.core.showing import DRAWN_BY
from pellucid.core.tensor import Abstract, Tensor, convert
from pellucid.engines.trace import trace
from pellucid.insight.displays.heat import heat_map, slice_of
from pellucid.insight.displays.histories import bars, curves
from pellucid.insight.displays.tensors import statistics
from pellucid.insight.report.thumbnail import png
from pellucid.layers import Dense, Dropout, Input
from pellucid.models import Sequential
from tests.insight.reading import read

RANDOM = np.random.default_rng(0)


def shown(value) -> str:
    """What rich writes, in 120 columns, plain."""
    screen = Console(file=io.StringIO(), width=120, color_system=None)
    screen.print(value)
    return screen.file.getvalue()


def history(**told) -> History:
    made = History()
    made.history, made.epoch = told, list(range(len(next(iter(told.values()), ()))))
    return made


def plan():
    model = Sequential([Input((3,), name="given"), Dropout(0.5), Dense(2, name="out")], name="net")
    return trace(lambda x: model(x, training=True), Abstract((4, 3), "float32")).plan


VALUES = {
    "scalar": convert(3.5), "small": convert(RANDOM.normal(size=(3, 4))), "truth": convert([True]),
    "whole": convert(np.arange(6).reshape(2, 3)), "line": convert(RANDOM.normal(size=700)),
    "batch": convert(RANDOM.random((5, 28, 28, 3))), "empty": convert(np.zeros((0, 3))),
    "gaps": convert(np.array([np.nan, np.inf, -np.inf, 1.0] * 50)), "nought": convert(np.zeros(99)),
    "tall": convert(RANDOM.normal(size=(4000, 2))), "traced": Tensor(Abstract((2, 3), "float32")),
    "words": Tensor(np.array(["a<b"])), "variable": Variable(np.eye(3), name="w<1>"),
    "plan": plan(), "long plan": trace(lambda x: sum([x * i for i in range(2, 60)], x),
                                       Abstract((2,), "float32")).plan,
    "history": history(loss=[1.0, 0.5], val_loss=[1.1, 0.9], accuracy=[0.5, 0.75]),
    "one epoch": history(loss=[1.0]), "diverged": history(loss=[1.0, np.nan, np.inf]),
    "no epoch": History(), "by class": history(loss=[1.0, 0.5], f1=[np.ones(3), np.zeros(3)])}


@pytest.mark.parametrize("name", VALUES)
def test_html_is_whole_and_its_own(name):
    text = VALUES[name]._repr_html_()
    root = read(text)
    assert [each.attributes["class"] for each in root.all("article")] == ["pellucid-card shown"]
    assert not [each for tag in ("script", "link", "iframe") for each in root.all(tag)]
    assert "http" not in text
    assert "prefers-color-scheme: dark" in text
    assert all((each.attributes["src"] or "").startswith("data:image/png;base64,")
               for each in root.all("img"))
    assert all(each.attributes.get("alt") or each.attributes.get("aria-label")
               for tag in ("img", "svg") for each in root.all(tag))
    assert len(text) < 60_000


@pytest.mark.parametrize("name", VALUES)
def test_rich_shows_every_value(name):
    assert shown(VALUES[name]).strip()


def cells(value) -> list[list[str]]:
    return read(value._repr_html_()).rows()


def test_small_tables_show_every_number():
    numbers = [[float(cell.replace("−", "-")) for cell in row] for row in cells(VALUES["small"])]
    np.testing.assert_allclose(numbers, VALUES["small"].numpy(), atol=6e-4)
    assert cells(VALUES["whole"]) == [["0", "1", "2"], ["3", "4", "5"]]
    assert cells(VALUES["truth"]) == [["True"]]
    assert "3.5" in cells(VALUES["scalar"])[0][0]


def test_colour_says_sign_and_size():
    marked = read(convert([[-2.0, 0.0, 1.0]])._repr_html_()).all("td")
    assert [each.attributes.get("class") for each in marked] == ["minus", None, "plus"]
    assert [each.attributes.get("style") for each in marked] == ["--share: 75%", None,
                                                                 "--share: 38%"]


def test_statistics_are_numpys_and_tell_gaps_apart():
    array = np.array([0.0, -1.5, 4.0, np.nan, np.inf])
    assert dict(statistics(array)) == {
        "numbers": "5", "least": "−1.5", "mean": "0.8333", "greatest": "4", "std": "2.321",
        "zeros": "20.0\u00a0%", "NaN": "1", "infinite": "1"}
    assert dict(statistics(np.array([True, False, True, True]))) == {"numbers": "4",
                                                                     "true": "75.0\u00a0%"}
    assert statistics(np.zeros((0, 2))) == [("numbers", "0")]


def test_large_tensors_show_a_map_and_how_numbers_spread():
    root = read(VALUES["tall"]._repr_html_())
    assert len(root.all("img")) == len(root.all("svg")) == 1
    assert "A pixel is the mean of 63 × 1 numbers." in root.text
    assert not root.all("td")


def test_a_map_is_of_means_and_its_colours_have_signs():
    from PIL import Image
    array = np.zeros((128, 2))
    array[:2, 0], array[2:4, 1] = [4.0, 2.0], -3.0
    import base64
    import re
    text = heat_map(array)
    assert "Blue up to 3, orange down to −3." in text
    code = re.search(r"base64,([^\"]+)", text)
    assert code
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(code[1]))))
    assert pixels.shape == (64, 2, 4)
    assert pixels[0, 0].tolist() == [0, 114, 178, 255]
    assert pixels[1, 1].tolist() == [213, 94, 0, 255]
    assert pixels[5, 0, 3] == 0


def test_the_slice_that_is_shown_is_said():
    array = np.arange(5 * 28 * 28 * 3).reshape(5, 28, 28, 3)
    part, words = slice_of(array)
    assert words == "[0, :, :, 0]"
    np.testing.assert_array_equal(part, array[0, :, :, 0])
    kernel = np.arange(72).reshape(3, 3, 1, 8)
    part, words = slice_of(kernel)
    assert words == "[0, :, 0, :]"
    np.testing.assert_array_equal(part, kernel[0, :, 0, :])
    assert slice_of(np.zeros((1, 1, 1)))[0].shape == (1, 1)


def test_a_coloured_png_is_what_pillow_reads():
    from PIL import Image
    pixels = RANDOM.integers(0, 256, (5, 7, 4)).astype(np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(pixels)))), pixels)


def test_names_of_variables_are_no_markup():
    text = VALUES["variable"]._repr_html_()
    assert "w&lt;1&gt;" in text
    assert "w<1>" in shown(VALUES["variable"])


def test_a_plan_lists_inputs_and_steps():
    made = VALUES["plan"]
    root = read(made._repr_html_())
    inputs, steps = root.all("table")
    assert inputs.rows()[0][2] == "data"
    assert any("(changed)" in row[2] for row in inputs.rows())
    assert len(steps.rows()) == len(made.steps)
    product = next(row for row in steps.rows() if row[2].startswith("matrix_product"))
    assert product[1] == "float32[4, 2]"
    assert product[3] == "net/out/matmul"
    facts = {each.all("dt")[0].text: each.all("dd")[0].text for each in root.all("div")
             if each.all("dt")}
    assert facts["multiply-adds"] == str(4 * 3 * 2)
    for words in ("matrix_product", "net/out/matmul", "float32[4, 2]"):
        assert words in shown(made)


def test_a_long_plan_is_folded():
    root = read(VALUES["long plan"]._repr_html_())
    more = root.all("details")[0]
    assert more.all("summary")[0].text.endswith(" more steps")
    total = sum(len(each.rows()) for each in root.all("table")[1:])
    assert total == len(VALUES["long plan"].steps)


def test_a_history_shows_figures_and_curves():
    root = read(VALUES["history"]._repr_html_())
    (loss, accuracy) = root.rows()
    assert loss == ["loss", "", "11.1", "0.50.9", "0.5 (2)0.9 (2)", "1 (1)1.1 (1)"]
    assert accuracy == ["accuracy", "", "0.5", "0.75", "0.5 (1)", "0.75 (2)"]
    drawn = root.all("svg")[0].all("path")
    assert [each.attributes["class"] for each in drawn] == ["curve blue", "curve orange"]
    assert repr(VALUES["history"]) == ("<History of 2 epochs: loss 1 → 0.5, val_loss 1.1 → 0.9, "
                                       "accuracy 0.5 → 0.75>")
    assert repr(VALUES["one epoch"]).startswith("<History of 1 epoch: loss")
    assert repr(VALUES["by class"]).endswith("f1>")
    assert "val_loss" in shown(VALUES["history"])


def test_a_curve_stands_where_its_values_do_and_breaks_at_gaps():
    text = curves([[0.0, 1.0, np.nan, 0.5, 1.0]], "loss")
    assert 'd="M0.0 42.0L55.0 2.0M165.0 22.0L220.0 2.0"' in text
    assert bars([0.0, 1.0, np.nan, 0.5]) == "▁█ ▅"
    assert len(bars(list(range(1000)))) == 40


def test_nothing_is_imported_before_it_is_shown():
    program = ("import sys, numpy; from pellucid.core.tensor import Tensor; "
               "value = Tensor(numpy.ones(2)); repr(value); "
               "print([each for each in sys.modules if each.startswith('pellucid.insight')])")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_every_file_of_the_table_is_there():
    from importlib import import_module
    for name in DRAWN_BY.values():
        module = import_module(f"pellucid.insight.displays.{name}")
        assert callable(module.html)
        assert callable(module.rich)


def network() -> Sequential:
    return Sequential([Input((3,)), Dense(4, "relu", name="hidden <b>"), Dense(2, name="out")],
                      name="net")


def test_a_model_shows_layers_costs_and_its_graph():
    model = network()
    root = read(model._repr_html_())
    assert root.all("p", class_="kind")[0].text == "model · Sequential, not compiled"
    assert root.all("h3")[0].text == "net"
    assert root.rows() == [["hidden <b>Dense", "(None, 4)", "16", "12", "12", "32.00 B"],
                           ["outDense", "(None, 2)", "10", "8", "16", "0.00 B"]]
    assert "Multiply-adds per row: 20 forward, 28 backward." in root.text
    assert root.all("details")[0].all("svg")
    model.compile("adam", "mse")
    assert "compiled with Adam" in model._repr_html_()


def test_a_model_that_is_not_built_says_so():
    root = read(Sequential([Dense(2, name="a")])._repr_html_())
    assert root.all("p", class_="kind")[0].text == "model · Sequential, not built"
    assert root.rows() == [["aDense", "?", "not built"]]
    assert not root.all("svg")
    assert "shapes of its inputs are not known yet" in root.text


def test_rich_shows_the_summary_of_a_model():
    text = shown(network())
    for words in ('Model: "net"', "out (Dense)", "Total params: 26", "20 forward, 28 backward"):
        assert words in text


def test_cards_are_text_for_rich():
    from pellucid import card
    assert shown(card("sigmoid")).startswith("sigmoid: activation")
    assert "(0, 1)" in shown(card("sigmoid"))
