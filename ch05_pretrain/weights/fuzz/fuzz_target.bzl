"""A libFuzzer target, and its test over the seeds in a normal build."""

def fuzz_target(name, deps):
    """NAME_fuzzer, which needs --config=fuzz, and NAME_corpus_test, which does not.

    Args:
      name: of the target in seeds.h; the source is NAME_fuzzer.cc.
      deps: the reader.
    """
    native.cc_library(
        name = name + "_input",
        testonly = True,
        srcs = [name + "_fuzzer.cc"],
        deps = deps + [":fuzz_input"],
        alwayslink = True,
    )
    native.cc_binary(
        name = name + "_fuzzer",
        testonly = True,
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = [":" + name + "_input"],
    )
    native.cc_test(
        name = name + "_corpus_test",
        size = "small",
        srcs = ["corpus_test.cc"],
        args = [name],
        data = ["//tensor:testdata"],
        deps = [
            ":" + name + "_input",
            ":seeds",
        ],
    )
