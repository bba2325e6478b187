from __future__ import annotations

from server.pages.client_files import client_folder
from server.pages.contact import NOBODY, ServiceLine
from server.pages.rendering import phone_address, template_environment


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


def test_every_template_is_compiled_before_the_first_person_comes() -> None:
    environment = template_environment(client_folder() / "templates")
    assert environment.cache is not None
    compiled = {template.name for template in environment.cache.values()}
    assert {path.name for path in (client_folder() / "templates").glob("*.jinja")} <= compiled
    assert "nhsuk/template.jinja" in compiled
