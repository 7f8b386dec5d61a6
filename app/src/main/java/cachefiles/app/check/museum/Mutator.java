package cachefiles.app.check.museum;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes a [Guard] out of a compiled class. The instructions are found by the line's number: javac writes down which
/// belong to which line, and those of one statement lie together.
final class Mutator {
    private static final ClassDesc WRONG = ClassDesc.of(Wrong.class.getName());

    private final ClassFile files;
    private final Guard guard;
    private final int line;

    Mutator(Guard guard, int line, ClassLoader classes) {
        this.guard = guard;
        this.line = line;
        this.files = ClassFile.of(ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)));
    }

    /// The first and the last line of a method, with all of its name and the lambdas within.
    static int[] linesOf(byte[] bytes, String method) {
        int first = Integer.MAX_VALUE;
        int last = 0;
        for (MethodModel each : ClassFile.of().parse(bytes).methods()) {
            if (isPartOf(each, method) && each.code().isPresent()) {
                for (CodeElement element : each.code().get()) {
                    if (element instanceof LineNumber number) {
                        first = Math.min(first, number.line());
                        last = Math.max(last, number.line());
                    }
                }
            }
        }
        return new int[] {first, last};
    }

    private static boolean isPartOf(MethodModel model, String method) {
        var name = model.methodName().stringValue();
        return name.equals(method) || name.startsWith("lambda$" + method + "$");
    }

    /// @throws IllegalArgumentException if the guard cannot be taken out so
    byte[] mutate(byte[] bytes) {
        ClassModel model = files.parse(bytes);
        var done = new boolean[1];
        var changed = files.transformClass(model, (builder, element) -> {
            var range = element instanceof MethodModel method ? rangeIn(method) : null;
            if (range == null) {
                builder.with(element);
            } else {
                done[0] = true;
                builder.transformMethod((MethodModel) element, (within, part) -> {
                    if (part instanceof CodeModel) {
                        within.withCode(into -> rewrite(range, into));
                    } else {
                        within.with(part);
                    }
                });
            }
        });
        if (!done[0]) {
            throw wrong("no instruction belongs to the line");
        }
        return changed;
    }

    private @Nullable Range rangeIn(MethodModel method) {
        return isPartOf(method, guard.method())
                ? method.code().map(code -> Range.of(code, line)).orElse(null)
                : null;
    }

    private IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException(guard + ": " + why);
    }

    /// Where the line's instructions lie within the method's elements.
    /// @param from the first; a jump over what stands before it, which belongs to the block before, is left out
    /// @param end behind the last
    private record Range(List<CodeElement> elements, int from, int end) {
        static @Nullable Range of(CodeModel code, int line) {
            var elements = code.elementList();
            int from = 0;
            while (from < elements.size() && !(elements.get(from) instanceof LineNumber at && at.line() == line)) {
                from++;
            }
            if (from == elements.size()) {
                return null;
            }
            int end = from + 1;
            while (end < elements.size() && !(elements.get(end) instanceof LineNumber)) {
                end++;
            }
            int first = from;
            while (!(elements.get(first) instanceof Instruction)) {
                first++;
            }
            if (isJump(elements.get(first))) {
                do {
                    first++;
                } while (!(elements.get(first) instanceof Instruction));
            }
            return new Range(elements, first, end);
        }

        /// The branches that depend on something.
        List<BranchInstruction> conditions() {
            var conditions = new ArrayList<BranchInstruction>();
            for (CodeElement element : elements.subList(from, end)) {
                if (element instanceof BranchInstruction branch && !isJump(branch)) {
                    conditions.add(branch);
                }
            }
            return conditions;
        }

        /// Behind the statement: before a jump or return that only ends the block it stands in.
        int afterStatement() {
            int last = end - 1;
            while (!(elements.get(last) instanceof Instruction)) {
                last--;
            }
            boolean leaves = isJump(elements.get(last)) || elements.get(last) instanceof ReturnInstruction;
            return leaves ? last : end;
        }
    }

    private static boolean isJump(CodeElement element) {
        return element instanceof BranchInstruction branch
                && (branch.opcode() == Opcode.GOTO || branch.opcode() == Opcode.GOTO_W);
    }

    private void rewrite(Range range, CodeBuilder into) {
        var before = new HashMap<Integer, Consumer<CodeBuilder>>();
        var instead = new HashMap<CodeElement, Consumer<CodeBuilder>>();
        plan(range, into, before, instead);
        var elements = range.elements();
        for (int at = 0; at <= elements.size(); at++) {
            if (before.containsKey(at)) {
                before.get(at).accept(into);
            }
            if (at < elements.size()) {
                var element = elements.get(at);
                if (instead.containsKey(element) && at >= range.from() && at < range.end()) {
                    instead.get(element).accept(into);
                } else {
                    into.with(element);
                }
            }
        }
    }

    private void plan(
            Range range,
            CodeBuilder into,
            Map<Integer, Consumer<CodeBuilder>> before,
            Map<CodeElement, Consumer<CodeBuilder>> instead) {
        var words = List.of(guard.how().split(" "));
        switch (words.getFirst()) {
            case "skip" -> jump(range, range.afterStatement(), into, before);
            case "always" -> jump(range, range.end(), into, before);
            case "never" -> {
                var otherwise = conditions(range).getLast().target();
                before.put(range.from(), builder -> builder.goto_(otherwise));
            }
            case "part" -> {
                var conditions = conditions(range);
                var part = conditions.get(Integer.parseInt(words.get(1)) - 1);
                boolean isJumpIfFalse =
                        part.target().equals(conditions.getLast().target());
                boolean jumps = isJumpIfFalse != words.get(2).equals("true");
                instead.put(part, builder -> {
                    for (int operand = 0; operand < operands(part); operand++) {
                        builder.pop();
                    }
                    if (jumps) {
                        builder.goto_(part.target());
                    }
                });
            }
            case "returns" -> {
                var value = words.get(1);
                before.put(range.from(), builder -> {
                    push(builder, ConstantDescs.CD_Object, value);
                    builder.return_(value.equals("null") ? TypeKind.REFERENCE : TypeKind.INT);
                });
            }
            default -> instead.putAll(replaced(range, words));
        }
    }

    private static void jump(Range range, int to, CodeBuilder into, Map<Integer, Consumer<CodeBuilder>> before) {
        Label label = into.newLabel();
        before.put(range.from(), builder -> builder.goto_(label));
        before.put(to, builder -> builder.labelBinding(label));
    }

    private List<BranchInstruction> conditions(Range range) {
        var conditions = range.conditions();
        if (conditions.isEmpty()) {
            throw wrong("the line decides nothing");
        }
        return conditions;
    }

    private static int operands(BranchInstruction branch) {
        return branch.opcode().name().startsWith("IF_") ? 2 : 1;
    }

    /// `NAME = VALUE` and `NAME -> NAME`.
    private Map<CodeElement, Consumer<CodeBuilder>> replaced(Range range, List<String> words) {
        if (words.size() != 3) {
            throw wrong("not a way to take a line out");
        }
        var name = words.getFirst();
        var other = words.getLast();
        var instead = new HashMap<CodeElement, Consumer<CodeBuilder>>();
        var elements = range.elements();
        for (CodeElement element : elements.subList(range.from(), range.end())) {
            var type = typeOf(elements, element, name);
            if (type != null) {
                instead.put(
                        element,
                        words.get(1).equals("->")
                                ? builder -> call(builder, (InvokeInstruction) element, other)
                                : builder -> {
                                    builder.with(element);
                                    if (TypeKind.from(type).slotSize() == 2) {
                                        builder.pop2();
                                    } else {
                                        builder.pop();
                                    }
                                    push(builder, type, other);
                                });
            }
        }
        if (instead.isEmpty()) {
            throw wrong("there is no " + name);
        }
        return instead;
    }

    /// What `element` puts on the stack, if it is what `name` names.
    private static @Nullable ClassDesc typeOf(List<CodeElement> elements, CodeElement element, String name) {
        return switch (element) {
            case InvokeInstruction invoke
            when invoke.name().equalsString(name) -> invoke.typeSymbol().returnType();
            case FieldInstruction field when field.name().equalsString(name) -> field.typeSymbol();
            case LoadInstruction load -> {
                for (CodeElement each : elements) {
                    if (each instanceof LocalVariable variable
                            && variable.slot() == load.slot()
                            && variable.name().equalsString(name)) {
                        yield variable.typeSymbol();
                    }
                }
                yield null;
            }
            default -> null;
        };
    }

    private static void push(CodeBuilder builder, ClassDesc type, String value) {
        switch (value) {
            case "true" -> builder.iconst_1();
            case "false" -> builder.iconst_0();
            case "null" -> builder.aconst_null();
            default -> {
                if (Character.isUpperCase(value.charAt(0))) {
                    builder.getstatic(type, value, type);
                } else {
                    builder.loadConstant(Integer.parseInt(value)).conversion(TypeKind.INT, TypeKind.from(type));
                }
            }
        }
    }

    private static void call(CodeBuilder builder, InvokeInstruction invoke, String other) {
        var type = invoke.typeSymbol();
        MethodTypeDesc withReceiver = invoke.opcode() == Opcode.INVOKESTATIC
                ? type
                : type.insertParameterTypes(0, invoke.owner().asSymbol());
        builder.invokestatic(WRONG, other, withReceiver);
    }
}
