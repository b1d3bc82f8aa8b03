"""The targets of Abseil that we use, by folder, spelled as in the Bazel Central Registry.

To use another one, add its name here; it has to exist in the distribution's release of Abseil
(20220623 in Debian 12).
"""

ABSEIL_TARGETS = {
    "absl/algorithm": ["algorithm", "container"],
    "absl/base": ["config", "core_headers"],
    "absl/cleanup": ["cleanup"],
    "absl/container": [
        "btree",
        "fixed_array",
        "flat_hash_map",
        "flat_hash_set",
        "inlined_vector",
        "node_hash_map",
        "node_hash_set",
    ],
    "absl/flags": ["config", "flag", "marshalling", "parse", "reflection", "usage"],
    "absl/functional": ["any_invocable", "bind_front", "function_ref"],
    "absl/hash": ["hash"],
    "absl/memory": ["memory"],
    "absl/meta": ["type_traits"],
    "absl/numeric": ["bits", "int128"],
    "absl/random": ["bit_gen_ref", "distributions", "random", "seed_sequences"],
    "absl/status": ["status", "statusor"],
    "absl/strings": ["cord", "str_format", "strings"],
    "absl/synchronization": ["synchronization"],
    "absl/time": ["time"],
    "absl/types": ["span"],
    "absl/utility": ["utility"],
}
