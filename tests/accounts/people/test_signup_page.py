"""Creating an account reads in one language at a time."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "words", "foreign"),
    [("/conta/signup/", "Criar uma conta", "ign in"), ("/en/conta/signup/", "Create an account", "conta?")],
)
def test_the_page_is_wholly_in_its_language_and_posts_to_itself(client, address, words, foreign):
    page = client.get(address).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert words in main
    assert foreign not in main
    assert f'action="{address}"' in main
    answer = client.post(address, {"email": "not an address", "password1": "x", "password2": "y"})
    assert answer.status_code == 200
    assert answer.context["form"].errors
