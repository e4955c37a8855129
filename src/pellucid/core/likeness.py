"""Which known name a person meant: by letters, by initials, or by what Keras once called it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

FORMER: dict[str, tuple[str, ...]] = {       # names of Keras 1 and 2, and short forms
    "act": ("activation",), "b_regularizer": ("bias_regularizer",), "bias": ("use_bias",),
    "border_mode": ("padding",), "eta": ("rate", "learning_rate"), "learning_rate": ("rate",),
    "lr": ("learning_rate", "rate"),
    "decay": ("weight_decay", "learning_rate"), "dim_ordering": ("data_format",),
    "init": ("kernel_initializer",), "nb_epoch": ("epochs",),
    "nb_filter": ("filters",), "output_dim": ("units",), "p": ("rate",), "subsample": ("strides",),
    "w_regularizer": ("kernel_regularizer",)}


def meant(name: str, names: Iterable[str]) -> list[str]:
    """The known names that ``name`` probably stands for, best first; none if nothing is close.

    >>> meant("lr", ["learning_rate", "momentum"]), meant("adma", ["adam"]), meant("q", ["adam"])
    (['learning_rate'], ['adam'], [])
    """
    known = {str(each).lower(): str(each) for each in names}
    wanted = str(name).lower()
    plain = wanted.replace("_", "")
    for close in (
            [each for each in FORMER.get(wanted, ()) if each in known],
            [each for each in known if sorted(each) == sorted(wanted)][:1],    # "adma" is "adam"
            _only(each for each in known if "_" in each and initials(each) == plain),
            difflib.get_close_matches(wanted, known, n=1, cutoff=0.6),
            _only(each for each in known if len(wanted) > 2 and each.startswith(wanted))):
        if close:
            return [known[each] for each in close]
    return []


def initials(name: str) -> str:
    """The first letters of a name's words.

    >>> initials("learning_rate")
    'lr'
    """
    return "".join(word[:1] for word in name.split("_"))


def one_spelling(names: Iterable[str], kept: Iterable[str] = ()) -> list[str]:
    """The names, sorted, each in one spelling: that in ``kept``, or the one with underscores.

    Where a capital only stands for a letter (AdamW, RMSprop) it is the one without.

    >>> one_spelling(["adamw", "adam_w", "he_normal", "henormal"])
    ['adamw', 'he_normal']
    """
    spellings: dict[str, list[str]] = {}
    for name in names:
        spellings.setdefault(name.replace("_", ""), []).append(name)
    kept = set(kept)
    return sorted(max(each, key=lambda name: (name in kept, _reads_well(name), name.count("_")))
                  for each in spellings.values())


def _reads_well(name: str) -> bool:
    words = name.split("_")
    return words == [name] or (len(words[-1]) > 1 and "rm" not in words)


def _only(found: Iterable[str]) -> list[str]:
    """What was found, if it is one alone."""
    listed = list(found)
    return listed if len(listed) == 1 else []
