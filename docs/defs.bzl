"""Tests of pages: see README.md."""

def page_test(name, page, run = [], ask = []):
    """Runs the commands of a page and compares what it says that they print.

    Args:
      name: of the test.
      page: label of the Markdown file.
      run: labels of the programs that its commands run.
      ask: labels of those that are only asked whether they have the subcommands and flags.
    """
    native.sh_test(
        name = name,
        size = "large",  # they end in seconds, but some train a little, and machines can be busy
        srcs = ["//docs:page"],
        args = ["$(rootpath %s)" % page] +
               ["--run=%s=$(rootpath %s)" % (label, label) for label in run] +
               ["--ask=%s=$(rootpath %s)" % (label, label) for label in ask],
        data = [page] + run + ask,
    )
