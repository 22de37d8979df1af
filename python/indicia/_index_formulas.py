"""The formulas of index numbers: what each is called, takes and computes. One place for functions, ufuncs and pages."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FORMULAS", "Formula"]


class Formula(NamedTuple):
    """One bilateral index or indicator.

    Attributes
    ----------
    operands
        Of the ufunc: p0 and p1 are prices in the base period and now, q0 and q1 quantities, q and w of any one period.
    meaning
        One line.
    formula
        With sums over the items.
    source
        Where it is told.
    """

    operands: tuple[str, ...]
    meaning: str
    formula: str
    source: str

    @property
    def indicator(self) -> bool:
        """Whether it is in the unit of the value, not a ratio."""
        return "indicator" in self.meaning


_CPI = "IMF, ILO and others, *Consumer Price Index Manual: Concepts and Methods* (2020)"
_PPI = "IMF, ILO and others, *Producer Price Index Manual* (2004)"
_BALK = "B. Balk, *Price and Quantity Index Numbers* (2008)"
_LIPPE = "P. von der Lippe, *Index Theory and Price Statistics* (2007)"

_TWO = ("p0", "p1")
_Q0, _Q1, _Q, _W = (*_TWO, "q0"), (*_TWO, "q1"), (*_TWO, "q"), (*_TWO, "w")
_FOUR = (*_TWO, "q0", "q1")

FORMULAS = {
    "carli": Formula(_TWO, "The mean of the price relatives.", "sum(p1 / p0) / n", f"{_CPI}, chapter 6"),
    "dutot": Formula(_TWO, "The relative of the mean prices.", "sum(p1) / sum(p0)", f"{_CPI}, chapter 6"),
    "jevons": Formula(
        _TWO, "The geometric mean of the price relatives.", "prod(p1 / p0) ** (1 / n)", f"{_CPI}, chapter 6"
    ),
    "harmonic": Formula(_TWO, "The harmonic mean of the price relatives.", "n / sum(p0 / p1)", f"{_CPI}, chapter 6"),
    "cswd": Formula(
        _TWO,
        "Carruthers, Sellwood, Ward and Dalen: the geometric mean of the arithmetic and the harmonic mean.",
        "sqrt(sum(p1 / p0) / sum(p0 / p1))",
        f"{_CPI}, chapter 6",
    ),
    "laspeyres": Formula(
        _Q0, "What the basket of the base period costs now.", "sum(p1 * q0) / sum(p0 * q0)", f"{_CPI}, chapter 8"
    ),
    "paasche": Formula(
        _Q1,
        "What the basket of now costs against the base period.",
        "sum(p1 * q1) / sum(p0 * q1)",
        f"{_CPI}, chapter 8",
    ),
    "lowe": Formula(_Q, "What any one basket costs now.", "sum(p1 * q) / sum(p0 * q)", f"{_CPI}, chapter 8"),
    "young": Formula(
        _W, "The mean of the price relatives under any weights.", "sum(w * p1 / p0) / sum(w)", f"{_CPI}, chapter 8"
    ),
    "geometric_young": Formula(
        _W,
        "The geometric mean of the price relatives under any weights.",
        "exp(sum(w * log(p1 / p0)) / sum(w))",
        f"{_CPI}, chapter 8",
    ),
    "geometric_laspeyres": Formula(
        _Q0,
        "The geometric mean of the price relatives under the base period's shares of the value.",
        "exp(sum(p0 * q0 * log(p1 / p0)) / sum(p0 * q0))",
        _BALK,
    ),
    "geometric_paasche": Formula(
        _Q1,
        "The geometric mean of the price relatives under today's shares of the value.",
        "exp(sum(p1 * q1 * log(p1 / p0)) / sum(p1 * q1))",
        _BALK,
    ),
    "palgrave": Formula(
        _Q1,
        "The mean of the price relatives under today's shares of the value.",
        "sum(p1 * q1 * p1 / p0) / sum(p1 * q1)",
        _BALK,
    ),
    "lloyd_moulton": Formula(
        (*_Q0, "sigma"),
        "The index of a demand with a constant elasticity of substitution.",
        "(sum(p0 * q0 * (p1 / p0) ** (1 - sigma)) / sum(p0 * q0)) ** (1 / (1 - sigma))",
        f"{_CPI}, chapter 8",
    ),
    "fisher": Formula(
        _FOUR,
        "The geometric mean of Laspeyres and Paasche.",
        "sqrt(sum(p1 * q0) / sum(p0 * q0) * sum(p1 * q1) / sum(p0 * q1))",
        f"{_CPI}, chapter 8",
    ),
    "drobisch": Formula(
        _FOUR, "The arithmetic mean of Laspeyres and Paasche.", "(laspeyres + paasche) / 2", f"{_PPI}, chapter 15"
    ),
    "marshall_edgeworth": Formula(
        _FOUR,
        "What both baskets together cost now.",
        "sum(p1 * (q0 + q1)) / sum(p0 * (q0 + q1))",
        f"{_PPI}, chapter 15",
    ),
    "walsh": Formula(
        _FOUR,
        "What the geometric mean of both baskets costs now.",
        "sum(p1 * sqrt(q0 * q1)) / sum(p0 * sqrt(q0 * q1))",
        f"{_CPI}, chapter 8",
    ),
    "geary_khamis": Formula(
        _FOUR,
        "What the harmonic mean of both baskets costs now.",
        "sum(p1 * h) / sum(p0 * h), h = q0 * q1 / (q0 + q1)",
        f"{_PPI}, chapter 15",
    ),
    "tornqvist": Formula(
        _FOUR,
        "The geometric mean of the price relatives under the mean of both shares of the value.",
        "exp(sum((s0 + s1) / 2 * log(p1 / p0))), s = p * q / sum(p * q)",
        f"{_CPI}, chapter 8",
    ),
    "stuvel": Formula(
        _FOUR,
        "The price index that exceeds its quantity index by as much as Laspeyres' does.",
        "d + sqrt(d ** 2 + V), d = (laspeyres - quantity laspeyres) / 2, V the change of the value",
        _BALK,
    ),
    "banerjee": Formula(
        _FOUR, "The change of the value over Marshall and Edgeworth's quantity index.", "V / quantity", _LIPPE
    ),
    "davies": Formula(
        _FOUR,
        "The change of the value over a quantity index at the geometric means of the prices.",
        "V * sum(q0 * z) / sum(q1 * z), z = sqrt(p0 * p1)",
        _LIPPE,
    ),
    "lehr": Formula(
        _FOUR,
        "The change of the value over a quantity index at the mean prices of the two periods.",
        "V * sum(q0 * z) / sum(q1 * z), z = (p0 * q0 + p1 * q1) / (q0 + q1)",
        _LIPPE,
    ),
    "sato_vartia": Formula(
        _FOUR,
        "The geometric mean of the price relatives under the logarithmic means of the shares of the value.",
        "exp(sum(m(s0, s1) * log(p1 / p0)) / sum(m(s0, s1))), m(a, b) = (a - b) / log(a / b)",
        _BALK,
    ),
    "montgomery_vartia": Formula(
        _FOUR,
        "The index whose logarithm is the price part of the value's, by logarithmic means of the values.",
        "exp(sum(m(v0, v1) * log(p1 / p0)) / m(V0, V1)), v = p * q, V = sum(v)",
        _BALK,
    ),
    "product_dummy": Formula(
        _FOUR,
        "The weighted time product dummy index of two periods.",
        "exp(sum(w * log(p1 / p0)) / sum(w)), w = s0 * s1 / (s0 + s1)",
        f"{_CPI}, chapter 10",
    ),
    "bennet": Formula(
        _FOUR,
        "The price indicator at mean quantities: what prices add to the change of the value.",
        "sum((q0 + q1) / 2 * (p1 - p0))",
        _BALK,
    ),
    "montgomery": Formula(
        _FOUR,
        "The price indicator at logarithmic means: what prices add to the change of the value.",
        "sum(m(v0, v1) * log(p1 / p0)), v = p * q",
        _BALK,
    ),
}
