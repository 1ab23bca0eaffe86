package org.kdive.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelImage;
import org.kdive.images.btf.Btf;
import org.kdive.images.btf.ModuleTypes;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.types.CPrinter;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;
import org.kdive.images.types.Member;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image types}: the C types that a kernel carries in itself as BTF. */
@Command(name = "types", description = "Prints a type as gdb's ptype does, or the names of all types.")
final class ImageTypesVerb implements Callable<Integer> {
    private static final int SUGGESTIONS = 3;
    private static final int MAX_MODULE_BYTES = 128 << 20;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "KERNEL",
            converter = KernelWords.class,
            description = "A kernel of any format, or a name such as debian.")
    private KernelArgument kernel;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "NAME",
            description = "task_struct, struct page, pid_t, a function; .MEMBER behind it is that member's type.")
    private List<String> words = List.of();

    @Option(
            names = {"/o", "--offsets"},
            description = "With offsets, sizes and holes.")
    private boolean offsets;

    @Option(
            names = "--module",
            paramLabel = "FILE",
            description = "With the types of this module of the kernel's, a .ko; without a NAME those that it adds.")
    private @Nullable Path module; // null: the kernel's own types only

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        PrintWriter answer = VisibleWriter.answer(line.getOut());
        KernelImage image = kernel.open(line.getErr());
        Btf base = Btf.of(image)
                .orElseThrow(() -> missing(image.source(), "no BTF types: built without CONFIG_DEBUG_INFO_BTF"));
        TypeTable types = module == null ? base : ModuleTypes.read(Bytes.ofFile(module, MAX_MODULE_BYTES), image, base);
        if (words.isEmpty()) {
            List<String> names = new ArrayList<>(types.typeNames("", Integer.MAX_VALUE));
            if (module != null) {
                names.removeAll(new HashSet<>(base.typeNames("", Integer.MAX_VALUE)));
            }
            printNames(names, answer);
        } else {
            String name = String.join(" ", words);
            printType(name, require(types, image, name), answer);
        }
        return ExitStatus.WELL;
    }

    private void printNames(List<String> names, PrintWriter out) {
        if (json) {
            Json.print(out, to -> {
                to.writeStartObject();
                to.writeArrayFieldStart("types");
                for (String name : names) {
                    to.writeString(name);
                }
                to.writeEndArray();
                to.writeEndObject();
            });
        } else {
            names.forEach(out::println);
        }
    }

    private void printType(String name, Type type, PrintWriter out) {
        if (json) {
            Json.print(out, to -> write(to, name, type));
            return;
        }
        CPrinter.ptype(type, offsets).forEach(out::println);
    }

    /** The whole words are tried first: the name of a type has no dot, but a hostile one may. */
    private static Type require(TypeTable types, KernelImage image, String name) {
        int dot = name.indexOf('.');
        if (dot > 0 && types.findByAnyName(name).isEmpty()) {
            Type outer = require(types, image, name.substring(0, dot));
            if (outer.strip() instanceof StructType struct) {
                return struct.requireMember(name.substring(dot + 1)).type().type();
            }
        }
        return types.findByAnyName(name).orElseThrow(() -> {
            List<String> near = similar(types, name);
            String hint = near.isEmpty() ? "" : "; there are " + String.join(", ", near);
            return missing(image.source(), "no type called " + name + hint);
        });
    }

    /** Those that begin as far as possible like it. */
    private static List<String> similar(TypeTable types, String name) {
        String tag = name.substring(name.indexOf(' ') + 1);
        for (int length = tag.length(); length > 2; length--) {
            String prefix = tag.substring(0, length);
            List<String> found = types.typeNames("struct " + prefix, SUGGESTIONS);
            if (found.isEmpty()) {
                found = types.typeNames(prefix, SUGGESTIONS);
            }
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private static void write(JsonGenerator to, String name, Type type) throws IOException {
        to.writeStartObject();
        to.writeStringField("name", name);
        to.writeStringField("type", type.cName());
        to.writeNumberField("size", type.sizeBytes());
        Type bare = type.strip();
        if (bare instanceof StructType struct) {
            to.writeArrayFieldStart("members");
            for (Member member : struct.members()) {
                write(to, member);
            }
            to.writeEndArray();
        } else if (bare instanceof EnumType constants) {
            to.writeObjectFieldStart("constants");
            for (Enumerator constant : constants.enumerators()) {
                to.writeNumberField(constant.name(), constant.value());
            }
            to.writeEndObject();
        }
        to.writeEndObject();
    }

    private static void write(JsonGenerator to, Member member) throws IOException {
        Type type = member.type().type();
        to.writeStartObject();
        to.writeStringField("name", member.name());
        to.writeStringField("type", type.cName());
        to.writeNumberField("offset", member.byteOffset());
        to.writeNumberField("size", type.sizeBytes());
        if (member.isBitField()) {
            to.writeNumberField("bit_offset", member.bitOffset());
            to.writeNumberField("bit_size", member.bitSize());
        }
        to.writeEndObject();
    }

    private static ImageException missing(String source, String what) {
        return new ImageException(new ImageFailure.Missing(source, what));
    }
}
