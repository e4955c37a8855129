"""The language of --layers, and messages that name the part that is wrong."""

import pytest

from pellucid.core.errors import ArgumentError
from pellucid.tabular.layers import read_layers, write_layers


@pytest.mark.parametrize(("text", "plain"), [
    ("64 relu, dropout 0.2, 32 relu, batchnorm", "64 relu, dropout 0.2, 32 relu, batchnorm"),
    ("64", "64 relu"), (" 8 TANH ,Dropout .5", "8 tanh, dropout 0.5"),
    ("dense 8 tanh, batch_normalization", "8 tanh, batchnorm"), ("", "none"), ("none", "none")])
def test_layers_are_read_and_written(text, plain):
    assert write_layers(read_layers(text)) == plain
    assert read_layers(plain) == read_layers(text)


@pytest.mark.parametrize(("text", "message"), [
    ("64 rleu", '"rleu" in the layer "64 rleu" is not a known activation. Did you mean "relu"?'),
    ("64 relu, droput 0.2", '"droput" in the layer "droput 0.2" is neither'),
    ("64 relu, droput 0.2", 'Did you mean "dropout"?'),
    ("64 relu 32 relu", 'is a comma missing, as in "64 relu, 32 relu"?'),
    ("64 32", 'is a comma missing, as in "64, 32"?'),
    ("relu 64", 'Write "64 relu"'),
    ("64 relu,,32 relu", "layer 2 is empty"),
    ("0 relu", "whole number from 1 to 65536, but got 0"),
    ("-3 relu", "but got -3"), ("2.5 relu", "but got 2.5"), ("1e9 relu", "but got 1e9"),
    ("dropout 1.5", 'rate of the layer "dropout 1.5" must be in [0, 1), but got 1.5'),
    ("dropout nan", "must be in [0, 1)"), ("dropout", '"dropout" needs its rate'),
    ("batchnorm 3", '"batchnorm" takes nothing'),
    ("64 relu; 32 relu", "too many words"),
])
def test_mistakes_are_named(text, message):
    with pytest.raises(ArgumentError) as caught:
        read_layers(text)
    assert message.lower() in str(caught.value).lower()
