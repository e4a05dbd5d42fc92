"""The pages of runbooks: of their texts (`books`), of runs (`runs`)."""
