package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetXmlTest {
    @Test
    void readsAsQemuWritesWithPrefixUndeclaredAndRegistersCommentedOut() {
        List<TargetXml.Item> items = TargetXml.parse("target.xml", """
                <?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target>
                <architecture>i386:x86-64</architecture><xi:include href="core.xml"/>
                <feature name="f"><!-- <reg name="ss_base" bitsize="64"/> -->
                <reg name="rax" bitsize="64" type="int64" regnum="0x10" group="general"/><reg name="rbx" bitsize="64"/>
                </feature></target>""");
        assertThat(items)
                .containsExactly(
                        new TargetXml.Architecture("i386:x86-64"),
                        new TargetXml.Include("core.xml"),
                        new TargetXml.RegisterItem("rax", 16, 64, "int64", "general", "f"),
                        new TargetXml.RegisterItem("rbx", -1, 64, "int", "", "f"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<target>",
                "<target><reg name='a' bitsize='64'/></tar>",
                "<target><reg name='a'/></target>",
                "<target><reg name='a' bitsize='0'/></target>",
                "<target><reg name='a' bitsize='99999999999'/></target>",
                "<target><reg name='a' bitsize='8' regnum='-5'/></target>",
                "<target><reg bitsize='8'/></target>",
                "<!DOCTYPE t [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><target><architecture>&e;</architecture></target>",
                "<!DOCTYPE t [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><target><architecture>&b;</architecture></target>"
            })
    void refusesWhatIsNoDescriptionAndNamesTheDocument(String xml) {
        RspException e = catchThrowableOfType(RspException.class, () -> TargetXml.parse("evil.xml", xml));
        assertThat(e).hasMessageContaining("evil.xml");
        assertThat(e.failure()).isInstanceOf(RspFailure.Protocol.class);
    }

    @Test
    void opensNothingOutside() {
        // with a DTD that would have to be fetched; it is neither fetched nor missed
        assertThat(TargetXml.parse("t", "<!DOCTYPE t SYSTEM 'http://192.0.2.1/x.dtd'><t/>"))
                .isEmpty();
    }

    @Test
    void boundsTheNumberOfEntries() {
        String xml = "<t>" + "<reg name='a' bitsize='8'/>".repeat(9000) + "</t>";
        assertThatThrownBy(() -> TargetXml.parse("big.xml", xml)).hasMessageContaining("more than");
    }

    private static CompletableFuture<RspClient> greetWithDescription(ManualTransport[] holder, AnyDocument documents) {
        holder[0] = new ManualTransport(documents);
        return RspClient.open(holder[0], RspOptions.defaults());
    }

    private static RspException greetingFails(AnyDocument documents) {
        ManualTransport[] transport = new ManualTransport[1];
        CompletableFuture<RspClient> opening = greetWithDescription(transport, documents);
        return catchThrowableOfType(RspException.class, () -> transport[0].settled(opening));
    }

    @Test
    void includesStandWhereTheyAreNamedAndNumbersGoOn() {
        ManualTransport[] transport = new ManualTransport[1];
        CompletableFuture<RspClient> opening = greetWithDescription(
                transport,
                annex -> annex.equals("target.xml")
                        ? "<target><reg name='a' bitsize='8'/><xi:include href='b.xml'/><reg name='d' bitsize='8'/></target>"
                        : "<feature name='x'><reg name='b' bitsize='8'/><reg name='c' bitsize='8' regnum='7'/></feature>");
        assertThat(transport[0].settled(opening).description().registers())
                .extracting(register -> register.name() + register.number())
                .containsExactly("a0", "b1", "c7", "d8");
    }

    @Test
    void includesThatNeverEndAreCut() {
        assertThat(greetingFails(annex -> "<t><xi:include href='target.xml'/></t>"))
                .hasMessageContaining("too deep");
        assertThat(greetingFails(annex ->
                        annex.equals("target.xml") ? "<t>" + "<xi:include href='a'/>".repeat(100) + "</t>" : "<t/>"))
                .hasMessageContaining("too many");
        assertThat(greetingFails(annex -> "<t><xi:include href='a:0,1'/></t>")).hasMessageContaining("not a name");
    }

    @Test
    void aDocumentWithoutEndIsCut() {
        assertThat(greetingFails(new AnyDocument() {
                    @Override
                    public String text(String annex) {
                        return "";
                    }

                    @Override
                    public String answer(String packet) {
                        return packet.startsWith("qXfer") ? "m" + " ".repeat(4000) : AnyDocument.super.answer(packet);
                    }
                }))
                .hasMessageContaining("more than");
    }

    /** A stub that has the documents it is given and nothing else. */
    interface AnyDocument extends ManualTransport.Peer {
        String text(String annex);

        @Override
        default void hear(byte[] bytes, ManualTransport back) {
            String heard = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
            int from = heard.indexOf('$');
            if (from >= 0) {
                String answer = answer(heard.substring(from + 1, heard.indexOf('#')));
                back.arrive("+$%s#%02x"
                        .formatted(answer, answer.chars().sum() & 0xff)
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }

        default String answer(String packet) {
            if (packet.startsWith("qSupported")) {
                return "PacketSize=1000;qXfer:features:read+";
            }
            return packet.startsWith("qXfer") ? "l" + text(packet.split(":", -1)[3]) : "";
        }
    }
}
