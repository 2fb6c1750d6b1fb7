"""A repository rule that finds an installed C or C++ library through pkg-config.

    pkg_config(
        name = "gtest_installed",
        debian_package = "libgtest-dev",
        header = "gtest/gtest.h",
        modules = ["gtest"],
    )

makes @gtest_installed//:gtest, a cc_library with the module's compiler and linker flags. A library whose
package ships no .pc file names its linker flags in `linkopts` instead of `modules` and gets one
target, called `lib`. The header is looked for in both cases, so that a missing package is reported
here, by its Debian name, and not by the compiler.
"""

def _missing(ctx, what):
    fail(("\n\n%s is not installed (%s). Run ./setup.sh, or:\n\n" +
          "    sudo apt-get install %s\n") %
         (ctx.attr.debian_package, what, ctx.attr.debian_package))

def _target(name, copts, linkopts):
    # Headers are in the compiler's default search path (/usr/include), so none are listed.
    return """
cc_library(
    name = "{name}",
    defines = {defines},
    linkopts = {linkopts},
)
""".format(
        name = name,
        defines = repr([f[2:] for f in copts if f.startswith("-D")]),
        linkopts = repr(linkopts),
    )

def _pkg_config_impl(ctx):
    header = ctx.execute(["sh", "-c", "echo '#include <%s>' | ${CXX:-g++} -std=c++20 -E -x c++ - -o /dev/null" %
                                      ctx.attr.header])
    if header.return_code != 0:
        _missing(ctx, "the header <%s> was not found" % ctx.attr.header)

    targets = []
    if ctx.attr.linkopts:
        targets.append(_target("lib", [], ctx.attr.linkopts))
    if ctx.attr.modules and not ctx.which("pkg-config"):
        fail("\n\npkg-config is not installed. Run ./setup.sh, or:\n\n    sudo apt-get install pkg-config\n")
    for module in ctx.attr.modules:
        flags = []
        for kind in ["--cflags", "--libs"]:
            result = ctx.execute(["pkg-config", kind, module])
            if result.return_code != 0:
                _missing(ctx, "pkg-config knows no '%s'" % module)
            flags.append([f for f in result.stdout.replace("\n", " ").split(" ") if f])
        targets.append(_target(module, flags[0], flags[1]))
    ctx.file("BUILD", 'package(default_visibility = ["//visibility:public"])\n' + "".join(targets))

pkg_config = repository_rule(
    implementation = _pkg_config_impl,
    attrs = {
        "debian_package": attr.string(mandatory = True),
        "header": attr.string(mandatory = True),
        "linkopts": attr.string_list(),
        "modules": attr.string_list(),
    },
    environ = ["CXX", "PKG_CONFIG_PATH"],
    local = True,
)
