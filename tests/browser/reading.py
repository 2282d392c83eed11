"""What can be found out about a page that a browser shows: by axe's rules, by its size, by its ids."""

from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A thumb on a phone; a mouse elsewhere.
TARGETS = {"client": 44, "focus": 44, "staff": 24}
ELEMENTS_MAX = {"client": 800, "focus": 800, "staff": 1_500}

FIND_TARGETS = """() => [...document.querySelectorAll('a, button, summary, label.choice, input, select, textarea')]
    .filter((one) => one.checkVisibility() && !one.closest('[aria-hidden=true]'))
    .filter((one) => !one.matches('.skip-link, li > a:only-child, p a, [type=hidden], .choice input, dd a'))
    .map((one) => ({html: one.outerHTML.slice(0, 100), width: one.offsetWidth, height: one.offsetHeight}))"""

FIND_LOOSE_IDS = """() => {
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `twice: ${id}`);
    const asks = ['hx-get', 'hx-post', 'hx-put', 'hx-patch', 'hx-delete'].map((name) => `[${name}]:not([id])`).join(',');
    return [...twice, ...[...document.querySelectorAll(asks)].map((one) => `no id: ${one.outerHTML.slice(0, 100)}`)];
}"""


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds, with the elements it means."""
    page.evaluate(AXE)
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def audience(page: Page) -> str:
    """For whom a page is made."""
    names = str(page.evaluate("document.body.className"))
    return next((one for one in TARGETS if one in names.split()), "focus")


def small_targets(page: Page) -> list[str]:
    """What can be pressed and is smaller than the finger or the mouse it is meant for; a link inside a sentence is as tall as its line."""
    least = TARGETS[audience(page)]
    return [
        f"{found['html']}: {found['width']} x {found['height']}"
        for found in page.evaluate(FIND_TARGETS)
        if min(found["width"], found["height"]) < (20 if 'type="checkbox"' in found["html"] or 'type="radio"' in found["html"] else least)
    ]


def unreadable(page: Page) -> list[str]:
    """What cannot be read in the theme that the page has now."""
    return violations(page, ["color-contrast"])


def shortcomings(page: Page) -> list[str]:
    """Everything that is wrong with the page as it stands, in words; the colours are looked at in the theme it has."""
    found = violations(page) + [f"id {one}" for one in page.evaluate(FIND_LOOSE_IDS)]
    if (pixels := overflow(page)) > 0:
        found.append(f"wider than its window by {pixels}")
    elements = int(page.evaluate("document.querySelectorAll('*').length"))
    if elements > ELEMENTS_MAX[audience(page)]:
        found.append(f"{elements} elements")
    found += [f"small: {one}" for one in small_targets(page)]
    return found
