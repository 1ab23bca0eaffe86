package org.kdive.images.arch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The AArch64 registers that tell what a processor can do, four bits a feature. Arm ARM (DDI 0487), D24.2, ID_AA64. */
final class Arm64Features {
    // fields of which 0 says more than "not there"
    private static final Map<String, Map<Long, String>> VALUES = Map.of(
            "FP", Map.of(0L, "yes", 1L, "half", 15L, "no"),
            "AdvSIMD", Map.of(0L, "yes", 1L, "half", 15L, "no"),
            "EL0", Map.of(1L, "64", 2L, "64+32"),
            "EL1", Map.of(1L, "64", 2L, "64+32"),
            "EL2", Map.of(0L, "no", 1L, "64", 2L, "64+32"),
            "EL3", Map.of(0L, "no", 1L, "64", 2L, "64+32"),
            "TGran4", Map.of(0L, "yes", 1L, "52bit", 15L, "no"),
            "TGran64", Map.of(0L, "yes", 15L, "no"),
            "TGran16", Map.of(0L, "no", 1L, "yes", 2L, "52bit"),
            "PARange", Map.of(0L, "32", 1L, "36", 2L, "40", 3L, "42", 4L, "44", 5L, "48", 6L, "52", 7L, "56"));

    private Arm64Features() {}

    static Map<String, List<BitField>> all() {
        Map<String, List<BitField>> all = new HashMap<>();
        all.put(
                "id_aa64pfr0_el1",
                nibbles("CSV3:60 CSV2:56 RME:52 DIT:48 AMU:44 MPAM:40 SEL2:36 SVE:32 RAS:28 GIC:24 "
                        + "AdvSIMD:20 FP:16 EL3:12 EL2:8 EL1:4 EL0:0"));
        all.put(
                "id_aa64pfr1_el1",
                nibbles("PFAR:60 DF2:56 MTEX:52 THE:48 GCS:44 MTE_frac:40 NMI:36 CSV2_frac:32 "
                        + "RNDR_trap:28 SME:24 MPAM_frac:16 RAS_frac:12 MTE:8 SSBS:4 BT:0"));
        all.put(
                "id_aa64dfr0_el1",
                nibbles("HPMN0:60 ExtTrcBuff:56 BRBE:52 MTPMU:48 TraceBuffer:44 TraceFilt:40 "
                        + "DoubleLock:36 PMSVer:32 CTX_CMPs:28 WRPs:20 PMSS:16 BRPs:12 PMUVer:8 TraceVer:4 "
                        + "DebugVer:0"));
        all.put(
                "id_aa64isar0_el1",
                nibbles("RNDR:60 TLB:56 TS:52 FHM:48 DP:44 SM4:40 SM3:36 SHA3:32 RDM:28 TME:24 Atomic:20 "
                        + "CRC32:16 SHA2:12 SHA1:8 AES:4"));
        all.put(
                "id_aa64isar1_el1",
                nibbles("LS64:60 XS:56 I8MM:52 DGH:48 BF16:44 SPECRES:40 SB:36 FRINTTS:32 GPI:28 GPA:24 "
                        + "LRCPC:20 FCMA:16 JSCVT:12 API:8 APA:4 DPB:0"));
        all.put(
                "id_aa64isar2_el1",
                nibbles("ATS1A:60 LUT:56 CSSC:52 RPRFM:48 PRFMSLC:40 SYSINSTR_128:36 SYSREG_128:32 "
                        + "CLRBHB:28 PAC_frac:24 BC:20 MOPS:16 APA3:12 GPA3:8 RPRES:4 WFxT:0"));
        all.put(
                "id_aa64mmfr0_el1",
                nibbles("ECV:60 FGT:56 ExS:44 TGran4_2:40 TGran64_2:36 TGran16_2:32 TGran4:28 TGran64:24 "
                        + "TGran16:20 BigEndEL0:16 SNSMem:12 BigEnd:8 ASIDBits:4 PARange:0"));
        all.put(
                "id_aa64mmfr1_el1",
                nibbles("ECBHB:60 CMOW:56 TIDCP1:52 nTLBPA:48 AFP:44 HCX:40 ETS:36 TWED:32 XNX:28 "
                        + "SpecSEI:24 PAN:20 LO:16 HPDS:12 VH:8 VMIDBits:4 HAFDBS:0"));
        all.put(
                "id_aa64mmfr2_el1",
                nibbles("E0PD:60 EVT:56 BBM:52 TTL:48 FWB:40 IDS:36 AT:32 ST:28 NV:24 CCIDX:20 VARange:16 "
                        + "IESB:12 LSM:8 UAO:4 CnP:0"));
        all.put(
                "id_aa64zfr0_el1",
                nibbles("F64MM:56 F32MM:52 I8MM:44 SM4:40 SHA3:32 B16B16:24 BF16:20 BitPerm:16 AES:4 " + "SVEver:0"));
        return all;
    }

    // "AES:4": the field AES in bits 7 to 4
    private static List<BitField> nibbles(String words) {
        List<BitField> fields = new ArrayList<>();
        for (String word : words.split(" ")) {
            int colon = word.indexOf(':');
            String name = word.substring(0, colon);
            int lowBit = Integer.parseInt(word.substring(colon + 1));
            fields.add(new BitField(name, lowBit, 4, "FEAT level of " + name, VALUES.getOrDefault(name, Map.of())));
        }
        return fields;
    }
}
