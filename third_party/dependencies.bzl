"""The libraries of this project: where each comes from. setup.sh installs the Debian packages named here."""

load("//third_party:pkg_config.bzl", "pkg_config")

def gokart_dependencies():
    """Declares one repository per library; code depends on the targets in //third_party/NAME."""
    pkg_config(
        name = "absl_installed",
        debian_package = "libabsl-dev",
        header = "absl/status/statusor.h",
        modules = [
            "absl_flags",
            "absl_flags_parse",
            "absl_flags_reflection",
            "absl_flags_usage",
            "absl_status",
            "absl_statusor",
            "absl_str_format",
            "absl_strings",
            "absl_time",
        ],
    )
    pkg_config(
        name = "benchmark_installed",
        debian_package = "libbenchmark-dev",
        header = "benchmark/benchmark.h",
        modules = ["benchmark"],
    )
    pkg_config(
        name = "curl_installed",
        debian_package = "libcurl4-openssl-dev",
        header = "curl/curl.h",
        modules = ["libcurl"],
    )
    pkg_config(
        name = "gtest_installed",
        debian_package = "libgtest-dev libgmock-dev",
        header = "gmock/gmock.h",
        modules = ["gmock_main"],
    )
    pkg_config(
        name = "httplib_installed",
        debian_package = "libcpp-httplib-dev",
        header = "httplib.h",
        modules = ["cpp-httplib"],
    )
    pkg_config(
        name = "icu_installed",
        debian_package = "libicu-dev",
        header = "unicode/uchar.h",
        modules = [
            "icu-i18n",
            "icu-uc",
        ],
    )
    pkg_config(
        name = "json_installed",
        debian_package = "nlohmann-json3-dev",
        header = "nlohmann/json.hpp",
        modules = ["nlohmann_json"],
    )
    pkg_config(
        name = "leveldb_installed",
        debian_package = "libleveldb-dev",
        header = "leveldb/table.h",
        linkopts = ["-lleveldb"],
    )
    pkg_config(
        name = "libedit_installed",
        debian_package = "libedit-dev",
        header = "editline/readline.h",
        modules = ["libedit"],
    )
    pkg_config(
        name = "onednn_installed",
        debian_package = "libdnnl-dev",
        header = "dnnl.h",
        linkopts = ["-ldnnl"],
    )
    pkg_config(
        name = "openssl_installed",
        debian_package = "libssl-dev",
        header = "openssl/evp.h",
        modules = ["libcrypto"],
    )
    pkg_config(
        name = "protobuf_installed",
        debian_package = "libprotobuf-dev",
        header = "google/protobuf/message_lite.h",
        modules = ["protobuf-lite"],
    )
    pkg_config(
        name = "sentencepiece_installed",
        debian_package = "libsentencepiece-dev",
        header = "sentencepiece_processor.h",
        modules = ["sentencepiece"],
    )
    pkg_config(
        name = "xtensor_installed",
        debian_package = "libxtensor-dev",
        header = "xtensor/xtensor.hpp",
        modules = ["xtensor"],
    )
    pkg_config(
        name = "zip_installed",
        debian_package = "libzip-dev",
        header = "zip.h",
        modules = ["libzip"],
    )
    pkg_config(
        name = "zlib_installed",
        debian_package = "zlib1g-dev",
        header = "zlib.h",
        modules = ["zlib"],
    )
