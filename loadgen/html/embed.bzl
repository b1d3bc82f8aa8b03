"""Text files as constants of C++."""

def embed_texts(name, out, header, namespace, texts):
    """Generates the source file of constants that hold the content of files.

    Args:
      name: the target.
      out: the source file that is generated.
      header: the header that declares the constants, as it is included.
      namespace: that of the constants.
      texts: label of a file to the name of its constant, a `const std::string_view`.
    """
    lines = ["echo '#include \"%s\"'" % header, "echo 'namespace %s {'" % namespace]
    for label, constant in texts.items():
        # A raw string, whose end no script or style sheet contains.
        lines += [
            "printf 'const std::string_view %s = R\"embedded('" % constant,
            "cat $(location %s)" % label,
            "echo ')embedded\";'",
        ]
    lines.append("echo '}'")
    native.genrule(
        name = name,
        srcs = texts.keys(),
        outs = [out],
        cmd = "{ " + " && ".join(lines) + "; } > $@",
    )
