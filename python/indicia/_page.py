"""One page of HTML by itself: the monitor, and the audit of a ledger. No script, no network; light, dark, printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from indicia._page_svg import escaped, tag

if TYPE_CHECKING:
    from indicia._brief_deflators import Deflators
    from indicia._brief_targets import Aims
    from indicia._ledger_audit import LedgerAudit
    from indicia.brief import Brief

__all__ = ["audit_page", "brief_page"]


def brief_page(
    brief: Brief, audit: LedgerAudit | None = None, targets: Aims | None = None, deflators: Deflators | None = None
) -> str:
    """The page of a brief, and of the targets, deflators and the audit that belong to it.

    Parameters
    ----------
    brief : Brief
    audit : LedgerAudit, optional
    targets : Aims, optional
    deflators : Deflators, optional

    Returns
    -------
    str
        A whole document.
    """
    from indicia._page_brief import aimed, deflated, monitor

    head, parts = monitor(brief)
    if targets is not None:
        parts.append(aimed(targets))
    if deflators is not None:
        parts.append(deflated(deflators))
    if audit is not None:
        from indicia._audit_view import view_of
        from indicia._page_audit import audited

        view = view_of(audit)
        parts.append(tag("section", tag("h2", escaped(view.title)), *audited(view), class_="part"))
    return _document(f"{brief.title or 'Brief'}, {brief.at}", head, parts)


def audit_page(audit: LedgerAudit) -> str:
    """The page of the audit of a ledger.

    Parameters
    ----------
    audit : LedgerAudit

    Returns
    -------
    str
        A whole document.
    """
    from indicia._audit_view import view_of
    from indicia._page_audit import audited

    view = view_of(audit)
    return _document(view.title, [tag("h1", escaped(view.title))], audited(view))


def _document(title: str, head: Sequence[str], parts: Iterable[str]) -> str:
    from indicia import __version__

    style = (files("indicia.data") / "page.css").read_text(encoding="utf-8")
    kicker = tag("p", "Indicia · official statistics, read and audited", class_="kicker")
    foot = tag(
        "footer", f"Made by indicia {escaped(__version__)}. Every chart has its figures in a table beside or below it."
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        '<meta name="color-scheme" content="light dark"/>\n'
        f"<title>{escaped(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join([tag("header", kicker, *head), *parts, foot])
        + "\n</main>\n</body>\n</html>\n"
    )
