"""Compiler options of our own code; everybody else's is compiled without them.

.bazelrc makes the warnings errors. It is done there and not here so that a newer compiler, which
warns of more, breaks our build and not the build of somebody who depends on us.
"""

PHX_COPTS = [
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wcast-align",
    "-Wcast-qual",
    "-Wconversion",
    "-Wdeprecated",
    "-Wextra-semi",
    "-Wformat=2",
    "-Wimplicit-fallthrough",
    "-Wnon-virtual-dtor",
    "-Wold-style-cast",
    "-Woverloaded-virtual",
    "-Wshadow",
    "-Wsign-conversion",
    "-Wunused",
    "-Wvla",
]

# GoogleTest's macros compare integers of either sign, and tests are full of small literals.
PHX_TEST_COPTS = PHX_COPTS + [
    "-Wno-conversion",
    "-Wno-sign-compare",
    "-Wno-sign-conversion",
]
