#!/usr/bin/env python3
"""Counts the test cases of one run of Bazel.

    count_tests.py EVENTS STATUS

Reads the build events that `bazel test --build_event_json_file=EVENTS` wrote and prints
"PASSED FAILED". A target that could not be built, or a test program that failed without naming a
case (a crash, a leak found at the end, a time-out), counts as one failed case. STATUS is Bazel's
exit status: if it is not zero, at least one case has failed, whatever the events say.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree


def count_cases(report):
    """Returns (passed, failed) of a test.xml; skipped cases count as neither."""
    passed = failed = 0
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.get("status") != "notrun" and case.find("skipped") is None:
            passed += 1
    return passed, failed


def count_result(result):
    """Returns (passed, failed) of one run of one test program."""
    good = result.get("status") in ("PASSED", "FLAKY")
    passed = failed = 0
    for output in result.get("testActionOutput", []):
        if output.get("name") == "test.xml":
            report = urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
            try:
                passed, failed = count_cases(report)
            except (OSError, ElementTree.ParseError):
                passed, failed = (1, 0) if good else (0, 1)
    if not good:
        failed = max(failed, 1)
    return passed, failed


def read_events(path):
    """Returns the last result of each test run, and the number of targets that did not build."""
    results = {}
    unbuilt = 0
    with open(path, encoding="utf-8") as events:
        for line in events:
            event = json.loads(line)
            identity = event.get("id", {})
            if "testResult" in identity:
                key = identity["testResult"]
                attempt = (key.get("label"), key.get("run"), key.get("shard"))
                results[attempt] = event.get("testResult", {})
            elif "targetCompleted" in identity:
                unbuilt += not event.get("completed", {}).get("success", False)
    return results.values(), unbuilt


def main():
    path, status = sys.argv[1], int(sys.argv[2])
    try:
        results, unbuilt = read_events(path)
    except (OSError, ValueError) as error:
        print("count_tests.py: no events of Bazel's:", error, file=sys.stderr)
        results, unbuilt = [], 0
    counts = [count_result(result) for result in results]
    passed = sum(count[0] for count in counts)
    failed = sum(count[1] for count in counts) + unbuilt
    if status != 0:
        failed = max(failed, 1)
    print(passed, failed)


main()
