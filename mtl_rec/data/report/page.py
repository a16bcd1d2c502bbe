"""A report as one HTML page that needs nothing else."""

from html import escape

from mtl_rec.data.report.report import Report
from mtl_rec.data.report.sections import (
    days_section,
    labels_section,
    rankings_section,
    shifts_section,
)
from mtl_rec.data.report.tables import Marked, inline, numbered, paragraph
from mtl_rec.data.report.template import PAGE
from mtl_rec.data.report.wording import count


def html_page(report: Report, title: str) -> str:
    """The page.

    Args:
        report: What to show.
        title: Of the page.
    """
    sections = [labels_section(report)]
    if report.timeline:
        sections.append(days_section(report, report.timeline))
    sections += [shifts_section(report), rankings_section(report)]
    return PAGE.substitute(
        title=escape(title),
        facts=inline(_facts(report)),
        findings=_findings(report),
        sections="\n".join(sections),
    )


def _facts(report: Report) -> str:
    rows = ", ".join(f"{part.name} {count(part.rows)}" for part in report.parts)
    facts = [f"Rows: {rows}."]
    if report.is_sampled:
        sampled = sum(part.sampled for part in report.parts)
        facts.append(
            f"{count(sampled)} of them are sampled negatives; label rates describe the "
            "data before sampling, as all metrics do."
        )
    if report.left_out:
        facts.append(
            f"{count(report.left_out)} more are of no part: their windows cross a cut."
        )
    if report.timeline:
        line = report.timeline
        zone = f" ({line.zone})" if line.kind == "days" else ""
        ends = f"{line.days[0].name} to {line.days[-1].name}"
        facts.append(f"Split by `{line.column}`, {ends}{zone}.")
    else:
        facts.append("Not split by time, so that nothing is shown by day.")
    return " ".join(facts)


def _findings(report: Report) -> Marked:
    findings = report.findings()
    if not findings:
        return paragraph("Nothing flagged", "verdict good")
    title = f"{len(findings)} finding{'s' if len(findings) > 1 else ''}"
    texts = numbered(finding.text for finding in findings)
    return Marked(paragraph(title, "verdict bad") + texts)
