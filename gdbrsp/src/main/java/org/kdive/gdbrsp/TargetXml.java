package org.kdive.gdbrsp;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * One document of a target description, in document order. A real XML parser is needed: QEMU's files have registers
 * commented out. GDB manual, "Target Description Format".
 */
final class TargetXml {
    /** What a document holds that matters here. */
    sealed interface Item {}

    /** {@code <xi:include href="...">}: another document stands here. */
    record Include(String annex) implements Item {}

    record Architecture(String name) implements Item {}

    /** {@code number} is -1 where the document leaves it out: one more than the register before. */
    record RegisterItem(String name, int number, int bits, String type, String group, String feature) implements Item {}

    private static final int MOST_ITEMS = 8192;
    private static final int MOST_BITS = 1 << 20;
    private static final int MOST_NUMBER = 1 << 20;
    private static final int MOST_NAME = 128;

    private final String annex;
    private final List<Item> items = new ArrayList<>();
    private String feature = "";

    private TargetXml(String annex) {
        this.annex = annex;
    }

    /** Throws a Protocol failure that names the document. */
    static List<Item> parse(String annex, String xml) {
        // No DTD is read and no entity expanded but XML's own five, so nothing outside is opened and nothing grows
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        // gdb's DTD declares the prefix xi; without it the documents are not well-formed for namespaces
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("refused: " + systemId);
        });
        TargetXml document = new TargetXml(annex);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
            try {
                document.read(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException e) {
            throw document.malformed(reason(e), e);
        }
        return List.copyOf(document.items);
    }

    private void read(XMLStreamReader reader) throws XMLStreamException {
        while (reader.hasNext()) {
            if (reader.next() != XMLStreamConstants.START_ELEMENT) {
                continue;
            }
            switch (reader.getLocalName().replaceFirst("^xi:", "")) {
                case "architecture" ->
                    add(new Architecture(reader.getElementText().trim()));
                case "include" -> add(new Include(attribute(reader, "href", "")));
                case "feature" -> feature = attribute(reader, "name", "");
                case "reg" -> add(register(reader));
                default -> {} // types, groups: not needed to read and write registers
            }
        }
    }

    private void add(Item item) {
        if (items.size() == MOST_ITEMS) {
            throw malformed("more than " + MOST_ITEMS + " entries", null);
        }
        items.add(item);
    }

    private RegisterItem register(XMLStreamReader reader) {
        String name = attribute(reader, "name", "");
        if (name.isEmpty() || name.length() > MOST_NAME) {
            throw malformed("a register whose name has " + name.length() + " characters", null);
        }
        return new RegisterItem(
                name,
                number(attribute(reader, "regnum", "-1"), -1, MOST_NUMBER, name),
                number(attribute(reader, "bitsize", ""), 1, MOST_BITS, name),
                attribute(reader, "type", "int"),
                attribute(reader, "group", ""),
                feature);
    }

    private int number(String text, int least, int most, String register) {
        try {
            int value = Integer.decode(text.trim().toLowerCase(Locale.ROOT));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw malformed("register " + register + " with \"" + text + "\" for a number", e);
        }
        throw malformed("register " + register + " with " + text + " out of range", null);
    }

    private static String attribute(XMLStreamReader reader, String name, String otherwise) {
        String value = reader.getAttributeValue(null, name);
        return value == null ? otherwise : value;
    }

    private static String reason(XMLStreamException e) {
        // ParseError at [row,col]:[1,146] <newline> Message: what
        return "not XML: "
                + String.join(" ", String.valueOf(e.getMessage()).lines().toList());
    }

    private RspException malformed(String what, @Nullable Throwable cause) {
        return new RspException("read target description " + annex, new RspFailure.Protocol(what), cause);
    }
}
