from __future__ import annotations

from jinja2 import Environment

from server.pages.client_files import client_folder
from server.pages.contact import NOBODY, ServiceLine
from server.pages.rendering import NEEDED_FIRST, compile_others, phone_address, template_environment


def rendered(service: ServiceLine) -> str:
    environment = template_environment(client_folder() / "templates")
    return environment.get_template("front.jinja").render(service=service)


def test_a_number_can_be_dialled_as_it_is_written() -> None:
    assert phone_address("01632 960123") == "tel:01632960123"
    assert phone_address("+44 (0)1632 960 123") == "tel:+4401632960123"


def test_without_a_known_number_the_page_points_to_the_letter() -> None:
    page = rendered(NOBODY)
    assert "call the phone number in your letter" in page
    assert "tel:" not in page


def test_what_a_service_calls_itself_is_text_not_markup() -> None:
    assert "<b>Riverside</b>" not in rendered(ServiceLine("<b>Riverside</b>", "1"))


def test_what_people_in_class_need_first_is_compiled_at_once_and_the_rest_when_asked_for() -> None:
    folder = client_folder() / "templates"
    environment = template_environment(folder)
    assert {*NEEDED_FIRST, "nhsuk/template.jinja"} <= compiled(environment)
    compile_others(environment, folder)
    assert {path.name for path in folder.glob("*.jinja")} <= compiled(environment)


def compiled(environment: Environment) -> set[str | None]:
    assert environment.cache is not None
    return {template.name for template in environment.cache.values()}
