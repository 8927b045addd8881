def test_smoke(stack, page, context, sign_in, check_accessibility):
    page.goto("/")
    print(page.url, page.title())
    pk = sign_in(context)
    page.goto("/")
    print(pk, page.url, page.title(), page.inner_text("body")[:300])
    check_accessibility(page)
    assert stack.sql("select id from accounts_user where id=?", pk) == [(pk,)]
