"""The JSON API: the same counts as the pages, read-only, for programs; OpenAPI 3.1 describes it."""
