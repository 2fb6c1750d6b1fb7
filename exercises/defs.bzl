"""Exercises: libraries whose source may be the learner's, and the tests that judge it.

    exercise_library(name = "merge_piece", srcs = ["merge_piece.cc"], ...)   # instead of cc_library
    exercise_test(name = "merge_piece_test", srcs = [...], deps = [...])     # instead of cc_test
    chapter_exercises(name = "exercises", tests = ["merge_piece_test"])      # once a chapter

See exercises/README.md.
"""

load("//exercises:files.bzl", "EXERCISE_FILES")

_TOOLS = "//exercises:"

# A body that is not written yet uses none of its parameters and helpers.
_LENIENT = ["-Wno-unused"]

def _generated_source_impl(ctx):
    wrong = ctx.files.wrong_answers
    ctx.actions.run(
        executable = ctx.executable._generate,
        arguments = [ctx.attr.kind, ctx.file.source.path, ctx.outputs.out.path] +
                    [file.path for file in wrong],
        inputs = [ctx.file.source] + wrong,
        outputs = [ctx.outputs.out],
        mnemonic = "ExerciseSource",
    )

# A source file made from one with exercises: "starter" (starter.h) or "instrumented" (instrument.h).
generated_source = rule(
    implementation = _generated_source_impl,
    attrs = {
        "kind": attr.string(values = ["starter", "instrumented"]),
        "source": attr.label(allow_single_file = True),
        "wrong_answers": attr.label(allow_single_file = True),
        "out": attr.output(),
        # In the target configuration: that one is built anyway, and has our compiler flags.
        "_generate": attr.label(default = "//exercises:generate", executable = True, cfg = "target"),
    },
)

def _marked_source(srcs):
    marked = [src for src in srcs if native.package_name() + "/" + src in EXERCISE_FILES]
    if len(marked) != 1:
        fail("expected one source file of exercises/files.bzl, found %s in %s" % (marked, srcs))
    return marked[0]

def exercise_library(name, srcs, deps = [], mine_deps = [], copts = [], visibility = None, **kwargs):
    """A cc_library with exercises in one of its sources.

    //my decides whether `NAME_mine` is compiled from the learner's file; NAME is too under
    --//:impl=mine. `NAME_instrumented` has all variants of the bodies, for the proofs.

    Args:
      name: the source's name without .cc.
      srcs: the source with the exercises, and any others.
      deps: as of cc_library.
      mine_deps: what a learner may use besides.
      copts: as of cc_library.
      visibility: of NAME.
      **kwargs: as of cc_library.
    """
    source = _marked_source(srcs)
    if source != name + ".cc":
        fail("the library of %s must be named after it" % source)
    path = native.package_name() + "/" + source
    others = [src for src in srcs if src != source]
    wrong = "//exercises:wrong/" + native.package_name() + "/" + name + ".txt"
    deps = deps + [_TOOLS + "compiled_from", _TOOLS + "not_implemented"]
    copts = copts + ["-include", "exercises/compiled_from.h"]
    native.exports_files([source] + native.glob([name + ".h"]))
    native.cc_library(
        name = name,
        srcs = others + select({
            "//:impl_is_mine": ["//my:" + path],
            "//conditions:default": [source],
        }),
        copts = copts + select({
            "//:impl_is_mine": _LENIENT,
            "//conditions:default": [],
        }),
        visibility = visibility,
        deps = deps + select({
            "//:impl_is_mine": mine_deps,
            "//conditions:default": [],
        }),
        **kwargs
    )
    native.alias(  # for //my, whoever else may see the library
        name = name + "_reference",
        actual = name,
        visibility = ["//visibility:public"],
    )
    native.cc_library(
        name = name + "_mine",
        srcs = others + ["//my:" + path],
        copts = copts + _LENIENT,
        tags = ["manual"],
        visibility = ["//visibility:public"],
        deps = deps + mine_deps,
        **kwargs
    )
    generated_source(
        name = name + "_instrumented_source",
        kind = "instrumented",
        out = name + "_instrumented.cc",
        source = source,
        wrong_answers = wrong,
        tags = ["manual"],
    )
    native.cc_library(
        name = name + "_instrumented",
        testonly = True,
        srcs = others + [name + "_instrumented.cc"],
        copts = copts + ["-w"],
        tags = ["manual"],
        visibility = ["//visibility:public"],
        deps = deps + [_TOOLS + "variant"],
        **kwargs
    )

# The libraries of `code`, with some of them exchanged: a test program links the learner's library, or
# the instrumented one, where it would have linked the project's. So what is tested is decided by the
# build graph, and everything else is compiled once for all.
def _exchanged_impl(ctx):
    wanted = {}  # the project's library -> what stands for it
    for target, of in ctx.attr.replacements.items():
        if target.label != Label(of):
            wanted[str(Label(of))] = target
    inputs = []
    have = {}
    extra = []
    for linker_input in ctx.attr.code[CcInfo].linking_context.linker_inputs.to_list():
        owner = str(linker_input.owner)
        have[owner] = True
        replacement = wanted.get(owner)
        if replacement == None:
            inputs.append(linker_input)
            continue
        for other in replacement[CcInfo].linking_context.linker_inputs.to_list():
            if other.owner == replacement.label:
                inputs.append(other)
            elif str(other.owner) not in wanted:  # else the project's library would be back
                extra.append(other)
    for other in extra:
        if str(other.owner) not in have:
            have[str(other.owner)] = True
            inputs.append(other)
    return [CcInfo(
        compilation_context = ctx.attr.code[CcInfo].compilation_context,
        linking_context = cc_common.create_linking_context(
            linker_inputs = depset(inputs, order = "topological"),
        ),
    )]

_exchanged = rule(
    implementation = _exchanged_impl,
    attrs = {
        "code": attr.label(providers = [CcInfo]),
        "replacements": attr.label_keyed_string_dict(providers = [CcInfo]),
    },
)

def exercise_test(name, srcs, deps, size = "small", data = [], **kwargs):
    """A cc_test whose code, compiled once, is also linked with the learner's and the instrumented files.

    Args:
      name: of the test.
      srcs: as of cc_test.
      deps: as of cc_test.
      size: as of cc_test.
      data: as of cc_test.
      **kwargs: as of cc_test.
    """
    native.cc_library(
        name = name + "_code",
        testonly = True,
        srcs = srcs,
        visibility = ["//visibility:private"],
        deps = deps,
        alwayslink = True,
    )
    native.cc_test(
        name = name,
        size = size,
        data = data,
        deps = [":" + name + "_code"],
        **kwargs
    )
    packages = _packages_up_to(native.package_name())
    for kind, replacements in {
        "mine": {
            "//my:" + _library_path(path): _library(path)
            for path in EXERCISE_FILES
            if _package(path) in packages
        },
        "instrumented": {
            _library(path) + "_instrumented": _library(path)
            for path in EXERCISE_FILES
            if _package(path) in packages
        },
    }.items():
        _exchanged(
            name = name + "_" + kind + "_code",
            testonly = True,
            code = ":" + name + "_code",
            replacements = replacements,
            tags = ["manual"],
        )
        native.cc_binary(
            name = name + "_" + kind,
            testonly = True,
            data = data,
            linkstatic = False,
            tags = ["manual"],
            visibility = ["//visibility:public"],
            deps = [":" + name + "_" + kind + "_code"],
        )

def chapter_exercises(name, tests, starters = {}, packages = None):
    """`NAME`: the chapter's tests on the learner's files; `NAME_proof`: see exercises/staircase.h.

    Args:
      name: "exercises".
      tests: the exercise_tests of the package, or labels of others.
      starters: test -> library of the package whose starter file is compiled, too, for
        `NAME_starter_test`: does it behave as the instrumented file does?
      packages: those with the chapter's exercises; the package alone if not given.
    """
    package = native.package_name()
    readme = native.glob(["README.md"])
    if readme:
        native.exports_files(readme)  # for //exercises:metadata_test
    files = [path for path in EXERCISE_FILES if _package(path) in (packages or [package])]
    sources = exercise_sources(files)
    wrong = ["//exercises:wrong/" + path[:-len(".cc")] + ".txt" for path in files]
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["//exercises:chapter_tests"],
        args = ["run"] + _arguments("source", sources) + _programs(package, tests, "mine"),
        data = sources + [_label(package, test) + "_mine" for test in tests],
        # It is about the learner's files, and fails until all of them are written.
        tags = ["manual"],
    )
    native.sh_test(
        name = name + "_proof",
        size = "medium",  # seconds, but hundreds of programs are started
        srcs = ["//exercises:chapter_tests"],
        args = ["prove"] + _arguments("source", sources) + _arguments("wrong", wrong) +
               _programs(package, tests, "instrumented"),
        data = sources + wrong + [_label(package, test) + "_instrumented" for test in tests],
    )

    if starters:
        _starter_test(name + "_starter_test", starters)

# Compiles the starter files of some libraries, links a test with each, and compares what it says with
# what its instrumented form says when the file's exercises are open.
def _starter_test(name, starters):
    args = ["starters"]
    data = []
    for test, library in starters.items():
        starter = library + "_starter"
        generated_source(
            name = starter + "_source",
            kind = "starter",
            out = starter + ".cc",
            source = library + ".cc",
            tags = ["manual"],
        )
        native.cc_library(
            name = starter,
            testonly = True,
            srcs = [starter + ".cc"],
            copts = _LENIENT + ["-include", "exercises/compiled_from.h"],
            tags = ["manual"],
            # Its headers, and all that the solution may use.
            deps = [":" + library],
        )
        _exchanged(
            name = test + "_starter_code",
            testonly = True,
            code = ":" + test + "_code",
            replacements = {":" + starter: _library(native.package_name() + "/" + library + ".cc")},
            tags = ["manual"],
        )
        native.cc_binary(
            name = test + "_starter",
            testonly = True,
            linkstatic = False,
            tags = ["manual"],
            deps = [":" + test + "_starter_code"],
        )
        args += [
            "--source=$(rootpath %s.cc)" % library,
            "--starter=$(rootpath :%s_starter)" % test,
            "--test=//%s:%s=$(rootpath :%s_instrumented)" % (native.package_name(), test, test),
        ]
        data += [library + ".cc", test + "_starter", test + "_instrumented"]
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["//exercises:chapter_tests"],
        args = args,
        data = data,
    )

def exercise_sources(paths = EXERCISE_FILES):
    """The labels of source files with exercises."""
    return [_library(path) + ".cc" for path in paths]

def _arguments(flag, labels):
    return ["--%s=$(rootpath %s)" % (flag, label) for label in labels]

def _label(package, test):
    return test if test.startswith("//") else "//%s:%s" % (package, test)

def _programs(package, tests, kind):
    labels = [_label(package, test) for test in tests]
    return ["--test=%s=$(rootpath %s_%s)" % (label, label, kind) for label in labels]

def my_files():
    """For my/BUILD: of each exercise file the learner's if there is one, and the library made of it."""
    for path in EXERCISE_FILES:
        mine = native.glob([path])
        if mine:
            native.exports_files(mine, visibility = ["//visibility:public"])
        else:
            native.filegroup(
                name = path,
                srcs = [_library(path) + ".cc"],
                visibility = ["//visibility:public"],
            )
        native.alias(
            name = _library_path(path),
            actual = _library(path) + ("_mine" if mine else "_reference"),
            tags = ["manual"],  # a file that does not compile yet is no matter of `bazel build //...`
            visibility = ["//visibility:public"],
        )

def _package(path):
    return path[:path.rindex("/")]

def _library(path):
    package = _package(path)
    return "//" + package + ":" + path[len(package) + 1:-len(".cc")]

def _library_path(path):
    return path[:-len(".cc")] + "_library"

# Those whose files a package may link: of its own chapter and the earlier ones.
def _packages_up_to(package):
    packages = []
    for path in EXERCISE_FILES:
        if _package(path) not in packages:
            packages.append(_package(path))
    if package not in packages:
        fail("exercises/files.bzl has no file in %s" % package)
    return packages[:packages.index(package) + 1]

def exercise_paths(name):
    """A source file with `ExerciseFilePaths()` of catalog.h: what stands in files.bzl."""
    native.genrule(
        name = name,
        outs = [name + ".cc"],
        cmd = """
            {
              echo '#include "exercises/catalog.h"'
              echo 'namespace gokart::exercises {'
              echo 'std::vector<std::string> ExerciseFilePaths() {'
              echo '  return {%s};'
              echo '}'
              echo '}  // namespace gokart::exercises'
            } > $@
        """ % ", ".join(["\"%s\"" % path for path in EXERCISE_FILES]),
    )
