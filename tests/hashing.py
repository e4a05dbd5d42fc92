"""The hash of passwords that tests pay for thousands of times: the product's own, at the least cost it takes."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapHasher(Argon2PasswordHasher):
    """Argon2 that is quick to guess, and so quick to make."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
