"""A card as a piece of HTML for notebooks and pages: its own style, light and dark, no script."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pellucid.insight.cards.facts import blocks, facts, others, sentence
from pellucid.insight.cards.mathml import mathml
from pellucid.insight.cards.prose import spelled
from pellucid.insight.cards.record import Card, Default, Formula
from pellucid.insight.report.markup import Html, escaped, tag, together


def html(card: Card) -> str:
    """The card; in a page of its own it follows light and dark, and narrow screens."""
    body = [tag("p", card.kind, class_="kind"), tag("h3", card.name),
            tag("p", _prose(card.summary), class_="summary")]
    body += [_block(title, lines) for title, lines in blocks(card)]
    body.append(tag("p", tag("b", "Use"), " ", _prose(sentence(card.use)), class_="use"))
    body.append(tag("div", _list("Pros", card.pros), _list("Cons", card.cons), class_="sides"))
    if known := list(facts(card)):
        body.append(tag("dl", *(tag("div", tag("dt", label), tag("dd", _prose(said)))
                                for label, said in known)))
    if card.defaults:
        body.append(_arguments(card.defaults))
    body += [tag("p", _prose(note), class_="note") for note in card.notes]
    body.append(tag("p", "Source: ", _prose(card.source), ". ", others(card), class_="note"))
    return tag("article", tag("style", _style()), *body, class_="pellucid-card")


@cache
def _style() -> Html:
    return Html((files("pellucid.insight.cards") / "card.css").read_text("utf-8"))


def _block(title: str, lines: tuple[Formula, ...]) -> Html:
    head = [] if title == "Formula" else [tag("p", title, class_="label")]
    return together([*head, *(tag("div", mathml(each.latex, block=True), tag(
        "span", mathml(each.where_latex), class_="where") if each.where else "",
        class_="formula", title=str(each)) for each in lines)])


def _list(title: str, items: tuple[str, ...]) -> Html:
    points = [tag("li", _prose(sentence(each))) for each in items]
    return tag("div", tag("p", title, class_="label"), tag("ul", *points), class_=title.lower())


def _arguments(defaults: tuple[Default, ...]) -> Html:
    head = tag("tr", *(tag("th", each, scope="col") for each in (
        "argument", "", "default", "must be", "")))
    rows = [tag("tr", tag("th", tag("code", each.name), scope="row"),
                tag("td", mathml(each.symbol) if each.symbol else ""),
                tag("td", tag("code", each.default) if each.default else "must be given"),
                tag("td", each.range), tag("td", _prose(each.help))) for each in defaults]
    table = tag("table", tag("thead", head), tag("tbody", *rows))
    return tag("details", tag("summary", f"Arguments ({len(defaults)})"),
               tag("div", table, class_="table"))


def _prose(said: str) -> Html:
    return Html(spelled(said, words=escaped, code=lambda name: tag("code", name), math=mathml))
