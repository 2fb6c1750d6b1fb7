"""The flag //:impl: whose code is compiled, the project's or the learner's."""

def _impl(ctx):
    values = ["reference", "mine"]
    if ctx.build_setting_value not in values:
        fail("--//:impl=%s: must be one of %s" % (ctx.build_setting_value, ", ".join(values)))
    return []

impl_flag = rule(
    implementation = _impl,
    build_setting = config.string(flag = True),
)
