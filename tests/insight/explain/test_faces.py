"""The faces of an explanation: LaTeX, Markdown, HTML, terminal and notebook."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from io import StringIO

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser
from rich.console import Console

import pellucid
from pellucid import Input, Sequential, layers, ops, optimizers
from pellucid.insight.explain.html import page
from pellucid.insight.explain.outline import factor_line, factors, line, parts, value
from pellucid.insight.explain.slips import checked
from pellucid.insight.explain.step import Explanation, Step

VOID = {"meta"}


def saddle(**given):
    return pellucid.explain(lambda x, y: x * x - y * y, (2, 3), optimizers.SGD(0.1), steps=2,
                            **given)


def network(*stack, loss="mse", optimizer="adam", rows=1, **how):
    model = Sequential(list(stack))
    model.compile(optimizer, loss)
    draw = np.random.default_rng(0)
    x = draw.normal(size=(rows, *stack[0].shape[1:]))
    return model.explain(x, draw.normal(size=(rows, *model.output_shape[1:])), **how)


@pytest.fixture(scope="module")
def explanations():
    return {
        "descent": saddle(check={"x_1": 1.6, "x_2": 1.24}),
        "adam": pellucid.explain(lambda u, v: ops.exp(u) / v, (1, 2),
                                 optimizers.Adam(amsgrad=True)),
        "dense": network(Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1, "sigmoid")),
        "norm": network(Input((2,)), layers.Dense(2, "relu"), layers.BatchNormalization(),
                        layers.Dense(1), rows=3),
        "recurrent": network(Input((2, 1)), layers.LSTM(1), layers.Dense(1)),
        "matrices": network(Input((2,)), layers.Dense(3, "tanh"), layers.Dense(2), level="layer"),
        "convolution": network(Input((4, 1)), layers.Conv1D(1, 2), layers.Flatten(),
                               layers.Dense(1)),
    }


def formulas(explanation):
    """Every formula of every step, in LaTeX."""
    for step in explanation.steps:
        yield from (step.latex, *line(step, explanation.digits))
        for factor in factors(step):
            yield from (factor.latex, *factor_line(factor, explanation.digits))


NAMES = ("descent", "adam", "dense", "norm", "recurrent", "matrices", "convolution")


@pytest.mark.parametrize("name", ["descent", "adam", "dense", *(
    pytest.param(each, marks=pytest.mark.deep) for each in ("recurrent", "norm", "convolution"))])
def test_every_formula_is_latex_that_a_parser_takes(explanations, name):
    parser = MathTextParser("agg")
    found = {re.sub(r"[\d.]+", "1", each) for each in formulas(explanations[name])}   # any number
    assert len(found) > 8
    for each in found:
        parser.parse(f"${each}$")


@pytest.mark.parametrize("name", NAMES)
def test_the_latex_document_holds_together(explanations, name):
    said = explanations[name].to_latex()
    for kind in ("align*", "pmatrix"):
        assert said.count(rf"\begin{{{kind}}}") == said.count(rf"\end{{{kind}}}")
    assert set(re.findall(r"\\begin\{([a-z*]+)\}", said)) <= {"align*", "pmatrix"}
    assert said.count("{") == said.count("}")
    assert said.count(r"\left") == said.count(r"\right")
    outside = re.sub(r"\\begin\{align\*\}.*?\\end\{align\*\}|\\\[.*?\\\]|\$[^$]*\$", "", said,
                     flags=re.DOTALL)
    assert outside.isascii()                             # signs of mathematics stand in mathematics
    assert not re.search(r"(?<!\\)[_^&%#]", outside)
    for block in re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}", said, re.DOTALL):
        assert "\n\n" not in block
        assert all("&" in row for row in block.split("\\\\\n"))


def test_a_name_that_has_a_superscript_is_raised_in_parentheses(explanations):
    """a^{1}^2 is no LaTeX."""
    said = explanations["recurrent"].to_latex()
    assert r"\right)^2" in said
    assert not re.search(r"\^\{[^{}]*\}(_\{[^{}]*\})?\^", said.replace(r"^{T}", ""))


def test_latex_of_a_step():
    said = saddle().to_latex()
    assert (r"x_{1} &= x_{0} - \eta \cdot \frac{\partial f}{\partial x_{0}} \\" + "\n"
            r"&= 2 - 0.1 \cdot 4 \\" + "\n" r"&= 1.6") in said
    assert r"&\approx -7.2 \quad \text{nudged}" in said


@pytest.mark.parametrize("name", NAMES)
def test_markdown_has_displays_that_begin_and_end(explanations, name):
    said = explanations[name].to_markdown()
    blocks = said.split("$$")
    assert len(blocks) % 2 == 1
    assert len(blocks) > 5
    for block in blocks[1::2]:
        assert block.startswith("\n")
        assert block.endswith("\n")
        assert block.count(r"\begin") == block.count(r"\end")
    for prose in blocks[::2]:
        assert prose.count("$") % 2 == 0
        assert not re.search(r"(?<![\\$\w{])_(?![{\w])", re.sub(r"\$[^$]*\$", "", prose))


def test_markdown_of_a_step():
    said = saddle(check={"x_2": 1.24}).to_markdown()
    assert said.startswith("## SGD on f(x, y) = x² - y², from (2, 3)\n")
    assert "$x_{0} = 2$, $y_{0} = 3$" in said
    assert ("$$\n\\begin{aligned}\n"
            "x_{2} &= x_{1} - \\eta \\cdot \\frac{\\partial f}{\\partial x_{1}} \\\\\n"
            "&= 1.6 - 0.1 \\cdot 3.2 \\\\\n&= 1.28\n\\end{aligned}\n$$") in said
    assert "> **Slip:** $x_{2}$ is 1.28, not 1.24" in said


class Reader(HTMLParser):
    """Checks that tags close in order, and gathers text and addresses."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.addresses, self.tags = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [given for name, given in attributes if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader


@pytest.mark.parametrize("name", NAMES)
def test_html_is_whole_and_needs_no_network(explanations, name):
    said = page(explanations[name])
    reader = read(said)
    assert reader.addresses == []
    assert "script" not in reader.tags
    assert not re.search(r"url\(|@import|https?:", said)
    assert reader.tags.count("math") > 10
    text = "".join(reader.text)
    assert "\\" not in text                              # no LaTeX is left over
    for step in explanations[name].steps:
        if step.nudged is not None:
            assert "nudged" in text


def test_a_short_derivation_is_open_and_a_long_one_folds_by_layer(explanations):
    assert "details" not in read(explanations["descent"].to_html()).tags
    long = explanations["norm"]
    reader = read(long.to_html())
    summaries = reader.tags.count("summary")
    assert summaries == reader.tags.count("details") > 4
    assert len(long.steps) > 40
    assert "dense" in "".join(reader.text)


def test_a_folded_layer_with_a_slip_is_open(explanations):
    long = explanations["norm"]
    step = next(each for each in long.of("forward") if each.name.startswith("z"))
    wrong = dataclasses.replace(long, checked=checked(long.steps, {step.name: step.value + 9}))
    said = wrong.to_html()
    assert said.count('<details open="open">') == 1
    assert said.count('class="slip"') == 1
    assert 'class="verdict wrong"' in said


def test_right_claims_are_told_above():
    said = saddle(check={"x_1": 1.6}).to_html()
    assert 'class="verdict right"><p>The claim agrees.</p>' in said
    assert 'class="slip"' not in said


def test_text_from_a_person_cannot_become_markup():
    model = Sequential([Input((1,)), layers.Dense(1, name="a<b>&c")], name="m")
    model.compile("sgd", "mse")
    found = model.explain(np.ones((1, 1)), np.ones((1, 1)))
    assert "<b>" not in found.to_html()
    assert "a&lt;b&gt;&amp;c" in found.to_html()
    assert r"a<b>\&c" in found.to_latex()


def test_matrices_are_set_and_large_ones_are_cut():
    assert value(np.array([[1.0, -2.5], [3.0, 4.0]]), 9) == (
        r"\begin{pmatrix}1 & -2.5 \\ 3 & 4\end{pmatrix}")
    large = value(np.arange(70.0).reshape(7, 10), 9)
    assert r"\cdots" in large
    assert r"\vdots" in large
    assert value(np.ones((1, 2)), 9, (2, 1)) == r"\begin{pmatrix}1 & 1\end{pmatrix}^T"
    assert value(np.zeros((2, 3, 4)), 9) == r"\text{2×3×4 numbers}"
    step = Step("forward", "dense", "Z", "Z", np.eye(2), shapes="(2×3)ᵀ(2×1) → (3×1)")
    said = Explanation((step,), title="matrices").to_html()
    reader = read(said)
    assert reader.tags.count("mtr") == 2
    assert "→" in "".join(reader.text)
    assert (r"\qquad (2 \times 3)^T \, (2 \times 1) \to (3 \times 1)" in
            Explanation((step,), title="matrices").to_latex())


def test_a_network_in_matrices(explanations):
    found = explanations["matrices"]
    assert (r"z_{1} &= W_{1}^T \; x + b_{1} \qquad (2 \times 3)^T \, (2 \times 1) + (3 \times 1)"
            r" \to (3 \times 1) \\") in found.to_latex()
    assert r"o_{1} \odot" not in found.to_latex()
    assert r"\odot \left(1 - o_{1}^2\right)" in found.to_latex()
    assert r"- \eta \cdot \frac{\partial L}{\partial W_{1}}" in network(
        Input((2,)), layers.Dense(3), optimizer="sgd", level="layer").to_latex()
    assert read(found.to_html()).tags.count("mtable") > 10


def test_a_gradient_is_told_in_full_and_what_is_left_out_is_counted(explanations):
    chain = network(Input((1,)), layers.Dense(1, "tanh"), layers.Dense(1))
    for said in (chain.to_latex(), chain.to_markdown()):
        assert r"\text{in full} &= \frac{\partial L}{\partial \hat{y}} \cdot" in said
    assert "in full" in "".join(read(chain.to_html()).text)
    left_out = Step("given", "dense", "…", r"\dots", None, note="12 more")
    several = Explanation((Step("forward", "dense", "a", "a", 1.0),
                           dataclasses.replace(left_out, part="forward")))
    for said in (several.to_latex(), several.to_markdown(), "".join(
            read(several.to_html()).text)):
        assert "12 more" in said
        assert "None" not in said


def test_given_numbers_stand_side_by_side():
    given = next(each for each in parts(saddle()) if each.name == "given")
    assert [each.place for each in given.sections] == ["settings", "start"]
    assert given.count == 3


def test_a_terminal_shows_the_text_in_colour():
    found = saddle(check={"x_2": 1.24})
    plain, colour = StringIO(), StringIO()
    Console(file=plain, width=110, no_color=True).print(found)
    Console(file=colour, width=110, force_terminal=True, color_system="standard").print(found)
    assert plain.getvalue().split() == found.to_text(110).split()
    assert "\x1b[1mGiven\x1b[0m" in colour.getvalue()
    assert "\x1b[1;33mThe claim disagrees:" in colour.getvalue()


def test_notebooks_are_given_html_markdown_and_latex():
    found = saddle()
    assert found._repr_html_() == found.to_html()
    assert found._repr_markdown_() == found.to_markdown()
    assert found._repr_latex_() == found.to_latex()


def test_a_prompt_shows_the_text_in_ipython_and_one_line_elsewhere():
    class Printer:
        def text(self, said):
            self.said = said

    found, printer = saddle(), Printer()
    found._repr_pretty_(printer, False)
    assert printer.said == str(found) == found.to_text()
    assert repr(found) == (
        "<Explanation: SGD on f(x, y) = x² - y², from (2, 3); 14 steps, print shows them>")
