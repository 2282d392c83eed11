"""The pages as an app of a phone: files and a word about the connection are kept, and never what is somebody's own."""

from tests.browser.conftest import sign_in

WORKING = "navigator.serviceWorker.ready.then(() => true)"
KEPT = """async () => {
  const texts = {};
  for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys())
    texts[new URL(request.url).pathname] = await (await caches.match(request, { ignoreVary: true })).text();
  return texts;
}"""


def test_without_a_connection_a_page_says_so_and_nothing_of_anybodys_own_is_kept(lively, open_tab):
    page = open_tab(360, service_workers="allow")
    sign_in(page, "ada", "/client")
    assert page.evaluate(WORKING)
    page.goto("/client/progress")
    kept = page.evaluate(KEPT)
    assert {path for path in kept if not path.startswith("/static/")} == {"/offline"}
    assert "/static/js/app.js" in kept
    assert "Ada" not in kept["/offline"]
    page.context.set_offline(True)
    page.goto("/client/rewards")
    assert page.get_by_role("heading", name="No connection").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).borderStyle") == "solid", "its files are there too"
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    assert page.get_by_role("heading", name="Rewards", exact=True).is_visible()
    assert page.url.endswith("/client/rewards")
