"""Every public thing has a whole card, and a card is found by any of its names."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from typing import ClassVar
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

import pellucid
from pellucid import activations, initializers, layers, losses, optimizers
from pellucid.core.errors import ArgumentError, KindError
from pellucid.insight.cards import card, cards
from pellucid.insight.cards.making import made
from pellucid.insight.cards.mathml import mathml
from pellucid.insight.cards.shelf import KINDS, everything
from pellucid.layers import Dense
from pellucid.random.seed import stream_state

EVERYTHING = {f"{thing.__name__} ({kind.word})": (kind, thing) for kind, thing in everything()}


def all_cards():
    """Every card; made once in a process, and not before a test asks."""
    return [made(kind, thing) for kind, thing in EVERYTHING.values()]


# What nobody can say in one line: these have shapes, or words.
WITHOUT_FORMULA = {
    "Bidirectional", "CategoryEncoding", "Cropping1D", "Cropping2D", "Cropping3D", "Flatten",
    "GroupQueryAttention", "HashedCrossing", "InputLayer", "IntegerLookup", "Permute",
    "Pipeline", "RNN", "RepeatVector", "Reshape", "StackedRNNCells", "StringLookup",
    "TextVectorization", "TimeDistributed", "UpSampling1D", "UpSampling2D", "UpSampling3D",
    "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
    "AUC", "FalseNegatives", "FalsePositives", "Mean", "PrecisionAtRecall", "RecallAtPrecision",
    "SensitivityAtSpecificity", "SparseTopKCategoricalAccuracy", "SpecificityAtSensitivity",
    "TopKCategoricalAccuracy", "TrueNegatives", "TruePositives"}
# Layers that run on words or lists on the host, or whose example makes them without a call.
WITHOUT_COST = {"HashedCrossing", "Hashing", "InputLayer", "IntegerLookup", "StackedRNNCells",
                "StringLookup", "TextVectorization"}


def test_everything_public_is_there():
    names = {name.partition(" ")[0] for name in EVERYTHING}
    for module, base in ((layers, layers.Layer), (losses, losses.Loss),
                         (optimizers, optimizers.Optimizer),
                         (initializers, initializers.Initializer)):
        public = {each.__name__ for each in vars(module).values()
                  if isinstance(each, type) and issubclass(each, base)}
        assert public - names <= {base.__name__, "FormulaLoss", "LossFunctionWrapper", "Operation",
                                  "Wrapper", "RandomInitializer"}
    assert set(activations.FUNCTIONS) <= names
    assert len(EVERYTHING) > 230


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_card_is_whole(name):
    """A new layer, loss or optimizer needs Use, Pros, Cons (and Source) in its docstring."""
    found = made(*EVERYTHING[name])
    for part in ("summary", "use", "pros", "cons", "source"):
        assert getattr(found, part), f"{name} has no {part}: write it in its docstring"
    assert found.formula or found.name in WITHOUT_FORMULA
    said = [found.use, *found.pros, *found.cons]
    assert max(len(found.pros), len(found.cons)) <= 3
    assert all(len(each) < 200 and not each.endswith((".", ";")) for each in said), said
    assert all(each.text and each.tex for each in found.formula + found.derivative)


def test_what_can_be_computed_is_there():
    for found in all_cards():
        if found.kind == "activation":
            assert None not in (found.range, found.zero_centred), found.name
            assert all([found.saturates, found.cost, found.measured]), found.name
        if found.kind in ("regularizer", "constraint"):
            assert found.cost, found.name
        if found.kind == "optimizer" and found.name != "MultiOptimizer":
            assert found.state is not None, found.name
            assert found.cost, found.name
        if found.kind == "initializer":
            assert found.measured, found.name
        if found.kind == "metric":
            counts = {"Mean", "Sum", "TruePositives", "TrueNegatives", "FalsePositives",
                      "FalseNegatives"}                  # neither more nor less of them is better
            assert bool(found.better) != (found.name in counts), found.name
        if found.kind == "layer":
            assert bool(found.cost) != (found.name in WITHOUT_COST), found.name
            assert found.shapes or found.name in WITHOUT_COST, found.name


def test_exceptions_are_still_needed():
    assert {each.name for each in all_cards() if not each.formula} == WITHOUT_FORMULA
    assert {each.name for each in all_cards()
            if each.kind == "layer" and not each.cost} == WITHOUT_COST


@pytest.mark.parametrize(("name", "slots"), [
    ("sgd", 0), ("lion", 1), ("rmsprop", 1), ("adagrad", 1), ("adam", 2), ("adamw", 2),
    ("lamb", 2), ("ftrl", 2), ("muon", 1)])
def test_numbers_kept_for_each_weight(name, slots):
    assert card(name).state == slots


def test_costs_are_counted():
    assert card("relu").cost == "1 operation (maximum) per number"
    assert card("sgd").cost == "2 operations (multiply, subtract) per weight and step"
    places, window, filters = 2 * 26 * 26, 9, 8
    assert f"{places * window * filters:,} multiply-adds" in card("Conv2D").cost
    assert card("Conv2D").cost.startswith("80 weights")
    assert "nothing is computed" in card("Flatten").cost


def test_the_cost_of_a_loop_is_that_of_all_its_turns():
    batch, steps, inputs, units = 2, 5, 3, 4
    products = batch * steps * 4 * units * (inputs + units)
    assert f"{products:,} multiply-adds" in card("LSTM").cost


def test_defaults_are_those_of_the_fields():
    rate, momentum, nesterov = card("sgd").defaults
    assert (rate.name, rate.symbol, rate.default, rate.range) == (
        "learning_rate", "η", "0.01", "at least 0")
    assert momentum.range == "at least 0 and at most 1"
    assert nesterov.default == "False"
    assert [each.default for each in card("Dense").defaults][:2] == ["", "None"]
    assert {"negative_slope": "0.2"}.items() <= {
        each.name: each.default for each in card("leaky_relu").defaults}.items()


@pytest.mark.parametrize(("asked", "kind", "name"), [
    ("adam", "optimizer", "Adam"), ("mse", "loss", "MeanSquaredError"), ("relu", "activation",
     "relu"), ("ReLU", "layer", "ReLU"), ("softmax", "activation", "softmax"),
    ("Softmax", "layer", "Softmax"), ("leaky-relu", "activation", "leaky_relu"),
    ("LeakyReLU", "layer", "LeakyReLU"), ("swish", "activation", "silu"),
    ("glorot_uniform", "initializer", "GlorotUniform"), ("MaxPool2D", "layer", "MaxPooling2D"),
    ("l2", "regularizer", "L2"), ("max norm", "constraint", "MaxNorm"),
    ("cosine_decay", "schedule", "CosineDecay"), ("bce", "loss", "BinaryCrossentropy"),
    ("identity", "initializer", "Identity"), ("auc", "metric", "AUC"),
    (optimizers.Adam, "optimizer", "Adam"),
    (optimizers.Adam(0.1), "optimizer", "Adam"), (activations.tanh, "activation", "tanh"),
    (activations.linear, "activation", "linear"), (losses.huber, "loss", "Huber"),
    (Dense(3), "layer", "Dense"), (initializers.HeNormal, "initializer", "HeNormal")])
def test_a_card_is_found_by_name_class_function_and_object(asked, kind, name):
    found = pellucid.card(asked)
    assert (found.kind, found.name) == (kind, name)


def test_kind_decides_between_things_of_one_name():
    assert card("relu", kind="layer").name == "ReLU"
    assert card("relu", kind="layers").name == "ReLU"
    assert card("relu").also == ("ReLU (layer)",)
    assert card("identity", kind="layer").kind == "layer"
    assert card("adam").also == ()
    assert card("mse", kind="metric").better == "lower"


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(ArgumentError, match=r"'amad' is not a known card. Did you mean \"adam\"?"):
        card("amad")
    with pytest.raises(ArgumentError, match=r'known layer. Did you mean "dense"'):
        card("dens", kind="layer")
    with pytest.raises(ArgumentError, match=r'known kind of card. Did you mean "layer"'):
        card("dense", kind="layr")
    with pytest.raises(KindError, match="a card is about a name, or a class.*but got 3.5"):
        card(3.5)
    with pytest.raises(ArgumentError, match="Optimizer is what every optimizer derives from"):
        card(optimizers.Optimizer)


def test_all_cards_are_listed():
    assert list(cards()) == [kind.word for kind in KINDS]
    assert sum(map(len, cards().values())) == len(EVERYTHING)
    assert "adam" not in cards("optimizer")["optimizer"]
    assert "Adam" in pellucid.cards("optimizers")["optimizer"]


class SignDescent(optimizers.Optimizer):
    """Move each weight by its rate, whatever the gradient.

    Use: never <b>&</b> ever.
    Pros: short.
    Cons: coarse.
    Source: this test.
    """

    state: ClassVar = {"m": "momentum"}

    def update(self, w, g, *, m, t, rate):
        m = 0.5 * m + pellucid.ops.sign(g)
        return w - rate * m, m


def test_own_classes_have_cards():
    found = card(SignDescent)
    assert [str(each) for each in found.formula] == ["m' = 0.5 * m + sign(g)", "w' = w - η * m'"]
    assert (found.state, found.use, found.source) == (1, "never <b>&</b> ever", "this test")

    class Double(layers.Layer):
        def call(self, x):
            return 2 * x

    assert str(card(Double()).formula[0]) == "y = 2 * x"
    assert card(Double).source == card(Double).use == card(Double).cost == ""


def test_a_card_leaves_no_trace():
    before = stream_state()
    made.__wrapped__(*EVERYTHING["Dropout (layer)"])
    made.__wrapped__(*EVERYTHING["Adam (optimizer)"])
    made.__wrapped__(*EVERYTHING["HeNormal (initializer)"])
    assert stream_state() == before
    assert Dense(1).name == "dense"


@pytest.mark.keras
def test_what_is_said_to_be_keras_s_is():
    import keras

    for found in all_cards():
        if found.source.startswith("name and defaults as "):
            place = found.source.removeprefix("name and defaults as ").partition(" in Keras")[0]
            thing = keras
            for part in place.split(".")[1:]:
                thing = getattr(thing, part)             # raises where Keras has no such thing
            assert callable(thing)


# what the notes and the catalogue want to find ---------------------------------------------------

def test_hints_for_the_output_layer():
    for name, hint in (("sigmoid", "yes-or-no"), ("sigmoid", "one unit for each label"),
                       ("linear", "either sign"), ("relu", "at least 0"),
                       ("relu", "first choice for hidden"), ("softmax", "one of k classes")):
        assert hint in card(name).use


def test_leaky_slopes_of_the_notes_and_of_keras():
    assert {"0.01", "0.2", "0.3"} <= set(re.findall(r"[\d.]+\d", card("leaky_relu").use))
    assert next(each.default for each in card("LeakyReLU").defaults
                if each.name == "negative_slope") == "0.3"


# the four forms ----------------------------------------------------------------------------------

def lines():
    """Every line of mathematics on a card."""
    return {str(line): line for found in all_cards() for line in (
        *found.formula, *found.derivative,
        *(each for form in found.forms.values() for each in form))}




def test_latex_is_balanced():
    for line in lines().values():
        bare = re.sub(r"\\[{}]|\\leftarrow", "", line.latex)
        for opening, closing in (("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end")):
            assert bare.count(opening) == bare.count(closing), line.latex
        assert not re.search(r"[Α-ω₀-₉]", line.latex), line.latex


@pytest.mark.parametrize("kinds", [
    ("regularizer", "schedule"), pytest.param(("activation", "loss", "optimizer"),
                                              marks=pytest.mark.deep)], ids=["few", "all"])
def test_latex_is_read_by_mathtext(kinds):
    """Matplotlib knows no cases, nor all commands that docstrings use."""
    parser, read = MathTextParser("path"), 0
    for found in all_cards():
        for line in (*found.formula, *found.derivative):
            if found.kind in kinds and line.left and "cases" not in line.latex:
                parser.parse(f"${line.latex}$")
                read += 1
    assert read >= 9


def test_mathml_is_well_formed():
    for line in lines().values():
        root = ElementTree.fromstring(mathml(line.latex))
        assert not [each for each in root.iter("mi") if (each.text or "").startswith("\\")]


class Reader(HTMLParser):
    """Tags in pairs, and the text without them."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


@pytest.mark.parametrize("name", ["relu (activation)", "Adam (optimizer)", "LSTM (layer)",
                                  "Huber (loss)", "L2 (regularizer)", "Orthogonal (initializer)"])
def test_html_is_whole(name):
    reader = Reader()
    found = made(*EVERYTHING[name])
    reader.feed(found.to_html())
    assert not reader.open
    assert not {"script", "img"} & set(reader.seen)
    assert {"article", "math", "h3", "ul"} <= set(reader.seen)
    said = "".join(reader.text)
    assert found.name in said
    assert not re.search("`|:math:", said)
    assert found._repr_html_() == found.to_html()
    assert "prefers-color-scheme: dark" in found.to_html()


def test_html_and_latex_escape_what_docstrings_say():
    found = card(SignDescent)
    assert "never &lt;b&gt;&amp;&lt;/b&gt; ever" in found.to_html().lower()
    assert r"Never <b>\&</b> ever." in found.to_latex()
    assert r"Never \<b>&\</b> ever." in found.to_markdown()


@pytest.mark.parametrize("width", [40, 80])
def test_prose_keeps_its_width(width):
    for found in all_cards():
        for line in found.to_text(width).splitlines():
            assert len(line) <= width or " " not in line.strip(), line


def test_a_long_formula_is_broken_before_its_outer_signs():
    shown = card("binary_crossentropy").to_text()
    assert """
    L = mean(-(y * log(clip(ŷ, 1e-07, 0.9999999)) + (1 - y)
        * log(1 - clip(ŷ, 1e-07, 0.9999999))), axis=-1)
""" in shown
    for found in all_cards():                            # all of it is still there
        told = "".join(found.to_text(50).split())
        assert all("".join(str(each).split()) in told for each in found.formula), found.name


def test_a_card_has_the_public_name():
    assert card("GroupedQueryAttention").name == card("GroupQueryAttention").name == (
        "GroupQueryAttention")
    assert "for GroupQueryAttention(head_dim=4" in card("GroupQueryAttention").cost


def test_on_what_the_mean_output_was_measured():
    assert card("softmax").measured == "mean output 0.5 for rows of two standard normal numbers"
    assert card("sigmoid").measured == "mean output 0.5 for standard normal inputs"


def test_text_says_it_all():
    shown = str(card("dropout"))
    for part in ("Dropout: layer", "y = m x/(1 - p)", "10-50 %", "40-50 %", "20-30 %", "rate p",
                 'Source: N. Srivastava et al., "Dropout" (2014).'):
        assert part in " ".join(shown.split())


def test_latex_is_ascii():
    """So that any LaTeX sets it; names of people may have their letters."""
    for found in all_cards():
        assert not re.search(r"[^\x00-\u024f]", found.to_latex()), found.name


def test_latex_is_a_section():
    shown = card("adam").to_latex()
    assert shown.startswith(r"\subsection*{Adam (optimizer)}")
    assert shown.count(r"\begin{gather*}") == shown.count(r"\end{gather*}") == 3
    assert r"\item[Use] The first choice for nearly every network." in shown
    assert "β" not in shown


def test_markdown_has_formulas_and_tables():
    shown = card("adam").to_markdown()
    assert shown.startswith("## Adam\n")
    assert shown.count("```math") == 3
    assert r"| `beta_1` | $\beta_{1}$ | `0.9` | at least 0 and below 1 |" in shown


def test_no_optional_library_is_needed(monkeypatch):
    for library in ("matplotlib", "rich", "IPython"):
        monkeypatch.setitem(sys.modules, library, None)
    assert "Adam" in card("adam").to_html()
    assert np.isfinite(card("tanh").range.high)


@pytest.mark.parametrize("kind", [kind.word for kind in KINDS])
def test_every_argument_says_what_it_is_for(kind):
    bare = [f"{name}.{each.name}" for name in cards(kind)[kind]
            for each in card(name, kind).defaults if not each.help]
    assert not bare


def test_the_arguments_of_functions_are_those_of_their_docstrings():
    said = {each.name: each.help for each in card("relu").defaults}
    assert said == {"negative_slope": "the slope left of the threshold; at 0 nothing passes there",
                    "max_value": "a ceiling, what is above becomes it; None for none",
                    "threshold": "where the kink is; what is not above it counts as left"}
    assert not any("Args" in note for note in card("relu").notes)


def test_counts_say_of_which_layer_they_are():
    assert card("dense").cost == ("8 weights, 6 multiply-adds, 2 other operations for Dense(units=2"
                                  ', kernel_initializer="ones") on an input of shape (1, 3)')
    assert card("LSTMCell").cost.endswith(
        "for LSTMCell(units=2) on inputs of shapes (1, 3) and (1, 2) and (1, 2)")
    bare = [name for name in cards("layer")["layer"] if (cost := card(name, "layer").cost)
            and f" for {name}(" not in cost]
    assert not bare


@pytest.mark.parametrize("name, gates", [("lstm", "ifgo"), ("gru", "zrn")])
def test_gates_stand_line_by_line(name, gates):
    lines = [str(each) for each in card(name).formula]
    for gate, line in zip(gates, lines, strict=False):
        assert line.startswith(f"{gate} = ")
        assert f"W_{gate}" in line
    assert lines[-1].startswith("h′ = ")


@pytest.mark.parametrize(("call", "error", "told"), [
    (lambda: card(), KindError, "card needs thing"),
    (lambda: card("rleu"), ArgumentError, 'did you mean "relu"'),
    (lambda: card("qqqqq"), ArgumentError, "pellucid.cards.. lists them all"),
    (lambda: card("EarlyStopping"), ArgumentError, "EarlyStopping has no card: callbacks have"),
    (lambda: card("sequential"), ArgumentError, "models.Sequential has no card: models have none"),
    (lambda: card(""), ArgumentError, "'' is not a known card"),
    (lambda: card("layer"), ArgumentError, "a kind of card.*pellucid.cards.'layer'. lists"),
    (lambda: card("optimizers"), ArgumentError, "a kind of card.*pellucid.cards.'optimizer'."),
    (lambda: card("relu", "layr"), ArgumentError, 'did you mean "layer"'),
    (lambda: card("adam", "layer"), ArgumentError, "not a known layer.*is one of kind 'optimizer'"),
    (lambda: card("relu", knd="layer"), KindError, 'no argument \'knd\'.*mean "kind"'),
    (lambda: card("relu", "layer", 3), KindError, "takes thing, kind, but got 3 arguments"),
    (lambda: card("relu", kind=3), KindError, "a kind of card is a string, but got 3"),
    (lambda: card("relu", kind=layers), KindError, "is a string, but got <module"),
    (lambda: card(3), KindError, "a card is about a name, or a class.*but got 3"),
    (lambda: card(None), KindError, "but got None"),
    (lambda: card(["relu", "tanh"]), KindError, "but got .'relu', 'tanh'"),
    (lambda: card(b"relu"), KindError, "but got b'relu'"),
    (lambda: card(print), KindError, "but got <built-in function print>"),
    (lambda: card(layers.Layer), ArgumentError, "what every layer derives from"),
    (lambda: cards("layrs"), ArgumentError, 'did you mean "layer"'),
    (lambda: cards(3), KindError, "a kind of card is a string, but got 3"),
    (lambda: cards("layer", "loss"), KindError, "takes kind, but got 2 arguments"),
    (lambda: card("adam").to_text("wide"), KindError, "a whole number at least 30, but got 'wide'"),
    (lambda: card("adam").to_text(0), ArgumentError, "a whole number at least 30, but got 0")])
def test_wrong_calls_are_told(call, error, told):
    with pytest.raises(error, match=f"(?is){told}"):
        call()
