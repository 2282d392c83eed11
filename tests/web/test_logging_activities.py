"""A client logs what they did and sees, where they pressed the button, what it came to."""


from tests.web.browser import HTMX, log


def test_a_workout_is_logged_and_its_award_shown_where_the_button_is(ada):
    answer = log(ada, "workout_logged")
    assert answer.status_code == 303
    assert answer.location.startswith("/client?logged=")
    assert answer.location.endswith("#activity-workout_logged")
    page = ada.get(answer.location)
    assert "+20 XP, +20 points" in page.text
    assert '<div class="result result-paid">' in page.text


def test_htmx_gets_the_activity_with_its_award_and_what_changed_beside_it(ada):
    answer = log(ada, "workout_logged", headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer.text.lstrip().startswith('<form id="activity-workout_logged"')
    assert 'id="chips"' in answer.text
    assert 'id="live"' in answer.text
    assert "Workout logged: +20 XP, +20 points." in answer.text
    assert 'id="progress"' in answer.text
