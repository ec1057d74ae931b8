"""The e-mail of a campaign template in `include/campaign_templates/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

import ryaml

from cohorts.model import Intake
from cohorts.names import delivery_words
from mautic_hook.emails import Draft

TEMPLATES_PATH = Path(__file__).parents[2] / "include" / "campaign_templates"


class TemplateError(ValueError):
    """A template file is missing or not as it must be."""


def draft_from(template: str, intake: Intake, titles: Mapping[str, str]) -> Draft:
    """The e-mail of a template for an intake. `titles` maps course codes to titles.

    Raises `TemplateError` with the file and what to do.
    """
    path = TEMPLATES_PATH / f"{template}.yaml"
    try:
        content = ryaml.loads(path.read_text(encoding="utf-8"))
        words = {
            "course": intake.course,
            "title": titles.get(intake.course, intake.course),
            "partner": intake.partner,
            "delivery": delivery_words(intake.delivery).lower(),
        }
        name, subject, html = (
            Template(str(content[key])).substitute(words) for key in ("name", "subject", "html")
        )
    except FileNotFoundError:
        raise TemplateError(f"there is no {path}: make it, or change `template:`") from None
    except (KeyError, ValueError, TypeError) as error:
        needs = "name, subject and html, with $course, $title, $partner or $delivery in them"
        raise TemplateError(f"{path} cannot be used ({error!r}): it needs {needs}") from None
    return Draft(name, subject, html)
