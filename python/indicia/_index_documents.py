"""What `indicia.ufuncs` says of the ufuncs of the room index."""

from indicia._index_formulas import FORMULAS

_OPERANDS = {
    "p0": "prices in the base period",
    "p1": "prices now",
    "q0": "quantities in the base period",
    "q1": "quantities now",
    "q": "quantities of any period",
    "w": "weights of any period",
    "sigma": "the elasticity of substitution, one for all items",
}
_FIGURES = {
    "p0": "[1.0, 2.0]",
    "p1": "[1.1, 2.0]",
    "q0": "[4.0, 3.0]",
    "q1": "[3.0, 3.0]",
    "q": "[4.0, 3.0]",
    "w": "[0.4, 0.6]",
    "sigma": "0.7",
}
# of the figures above
_RESULTS = {
    "banerjee": 1.036721,
    "bennet": 0.35,
    "carli": 1.05,
    "cswd": 1.048809,
    "davies": 1.036642,
    "drobisch": 1.036667,
    "dutot": 1.033333,
    "fisher": 1.036661,
    "geary_khamis": 1.036364,
    "geometric_laspeyres": 1.03886,
    "geometric_paasche": 1.034398,
    "geometric_young": 1.03886,
    "harmonic": 1.047619,
    "jevons": 1.048809,
    "lehr": 1.036244,
    "lloyd_moulton": 1.039201,
    "lowe": 1.04,
    "marshall_edgeworth": 1.036842,
    "matched": 2.0,
    "montgomery": 0.346813,
    "montgomery_vartia": 1.036609,
    "palgrave": 1.035484,
    "product_dummy": 1.036574,
    "sato_vartia": 1.036609,
    "stuvel": 1.036902,
    "tornqvist": 1.036627,
    "walsh": 1.036603,
    "young": 1.04,
}


def _fold(name: str, operands: tuple[str, ...], meaning: str, formula: str, source: str) -> str:
    given = "\n".join(f"{x} : array_like of float\n    Items' {_OPERANDS[x]}." for x in operands if x != "sigma")
    if "sigma" in operands:
        given += f"\nsigma : float\n    {_OPERANDS['sigma'][0].upper()}{_OPERANDS['sigma'][1:]}."
    figures = ", ".join(_FIGURES[x] for x in operands)
    none = "0 where no item is left" if name == "matched" else "NaN where no item is left"
    return f"""index_{name}({", ".join(operands)}, /, out=None, *, axis=-1, ...)

{meaning}

``{formula}``

Parameters
----------
{given}

Returns
-------
ndarray of float64 or scalar
    One for all items along `axis`. An item of which a figure is missing is left out; {none}; NaN
    where a price isn't positive or a quantity is negative.

References
----------
{source}.

Examples
--------
>>> from indicia.ufuncs import index_{name}
>>> round(float(index_{name}({figures})), 6)
{_RESULTS[name]}
"""


def _chain(name: str, links: str, what: str, figures: str) -> str:
    return f"""{name}({links}, first, last, level, /, out=None, *, axis=-1, ...)

{what}

Parameters
----------
{links} : array_like of float
    One for each period, on the period before.
first, last : float
    The places over which the index has `level` as its mean, `last` exclusive; two that are the same: none.
level : float
    The index in the reference period, or the period before the first link.

Returns
-------
ndarray of float64
    The period before the first known link stands at `level`; what is before it is NaN, and all from a missing link on.

Examples
--------
>>> from indicia.ufuncs import {name}
>>> {name}({figures}, 0, 1, 100.0).round(6)
array([100., 110., 121.])
"""


_MATCHED = ("How many items have a price in both periods.", "sum of 1", "The matched model")

DOCUMENTS = {
    f"index_{name}": _fold(name, f.operands, f.meaning, f.formula, f.source)
    for name, f in FORMULAS.items()
    if name not in ("laspeyres", "paasche")
} | {
    "index_matched": _fold("matched", ("p0", "p1"), *_MATCHED),
    "index_chain": _chain(
        "index_chain", "links", "An index number chained from relatives on the period before.", "[1.0, 1.1, 1.1]"
    ),
    "index_chain_rates": _chain(
        "index_chain_rates", "rates", "An index number chained from rates of growth.", "[0.0, 0.1, 0.1]"
    ),
}
