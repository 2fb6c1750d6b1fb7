"""Compiles a text file into the program, so that it is found wherever the program is started from."""

def embedded_text(name, src, header, function, visibility = None):
    """A cc_library with `std::string_view function()` in namespace gokart: the bytes of `src`.

    The file becomes a raw string literal, so it may hold any byte but a carriage return (which the
    compiler would turn into a line feed) and NUL, and not the delimiter `)embedded"`; the genrule
    refuses a file that does.

    Args:
      name: of the library.
      src: the text file.
      header: the hand-written header that declares the function.
      function: its name.
      visibility: of the library.
    """
    generated = name + "_embedded.cc"
    native.genrule(
        name = name + "_source",
        srcs = [src],
        outs = [generated],
        cmd = """
            if [ "$$(tr -d '\\000\\r' < $< | wc -c)" != "$$(wc -c < $<)" ] ||
               grep -q -a -F ')embedded"' $<; then
              echo "$<: a NUL, a carriage return or the delimiter cannot be embedded" >&2
              exit 1
            fi
            (
              printf '#include "%s"\\n\\n' '{package}/{header}'
              printf 'namespace gokart {{\\n\\nstd::string_view {function}() {{\\n'
              printf '  static constexpr char kText[] = R"embedded('
              cat $<
              printf ')embedded";\\n  return std::string_view(kText, sizeof(kText) - 1);\\n}}\\n\\n'
              printf '}}  // namespace gokart\\n'
            ) > $@
        """.format(
            package = native.package_name(),
            header = header,
            function = function,
        ),
    )
    native.cc_library(
        name = name,
        srcs = [generated],
        hdrs = [header],
        visibility = visibility,
    )
