package cachefiles.app.check.museum;

/// A line of a core that keeps something from going wrong, and how it is taken out.
/// @param className of the core, after `cachefiles.`
/// @param method that the line is in
/// @param line its text, without a comment behind it; one such line is in the method
/// @param how one of
///
///     skip                the statement is not executed
///     always, never       the condition of an `if` or a loop is taken for true, for false
///     part 2 true|false   the second of the parts that `&&` or `||` join is taken for that
///     returns VALUE       the method returns that here
///     NAME = VALUE        what the method, field or variable of that name gives is taken for that
///     NAME -> NAME        the method of [Wrong] is called instead
///
/// A value is `true`, `false`, `null`, a small number, or a constant of the type that is asked for.
record Guard(String className, String method, String line, String how) {
    /// The name of the class in the JVM.
    String binaryName() {
        return "cachefiles." + className;
    }

    /// Its source, as a resource.
    String source() {
        return "core-sources/cachefiles/" + className.replaceAll("\\$.*", "").replace('.', '/') + ".java";
    }
}
