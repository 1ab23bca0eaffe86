package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What is done to a QEMU fresh at the reset vector ({@link #COMMAND}), live in RealStubIT and from its wire log in
 * ReplayTest.
 */
enum Scenario {
    REGISTERS {
        @Override
        void play(Driver driver) {
            RspClient client = driver.client();
            List<ThreadId> threads = driver.get(client.threads());
            assertThat(threads).containsExactly(new ThreadId(1, 1), new ThreadId(1, 2));
            assertThat(driver.get(client.threadName(threads.get(1)))).contains("CPU#1");
            assertThat(driver.get(client.isAlive(threads.get(1)))).isTrue();
            assertThat(driver.get(client.isAlive(new ThreadId(1, 3)))).isFalse();

            ThreadId first = threads.get(0);
            Registers registers = driver.get(client.readRegisters(first));
            assertThat(registers.requireLong("rip")).isEqualTo(0xfff0);
            assertThat(registers.requireLong("cs")).isEqualTo(0xf000);
            assertThat(registers.requireLong("cr0")).isEqualTo(0x60000010);
            assertThat(registers.present())
                    .hasSize(client.description().registers().size());

            for (String name : List.of("rbx", "eflags", "st3", "xmm5", "cr3")) {
                Register register = client.description().findRegister(name).orElseThrow();
                byte[] bytes = new byte[register.sizeBytes()];
                // outside 64-bit mode QEMU keeps 32 bits of a register of 64
                Arrays.fill(bytes, 0, register.bits() == 64 ? 4 : bytes.length, (byte) 2);
                driver.get(client.writeRegister(threads.get(1), register, bytes));
                assertThat(driver.get(client.readRegister(threads.get(1), register)))
                        .as(name)
                        .isEqualTo(bytes);
            }
            assertThat(driver.get(client.readRegisters(threads.get(1))).find("xmm5"))
                    .contains(new BigInteger("02".repeat(16), 16));
            assertThat(driver.get(client.readRegisters(first)).find("xmm5")).contains(BigInteger.ZERO);
            assertThat(driver.failure(client.readRegisters(new ThreadId(1, 3))))
                    .isEqualTo(new RspFailure.NoSuchThread("p1.3"));
        }
    },
    MEMORY {
        @Override
        void play(Driver driver) {
            RspClient client = driver.client();
            ThreadId thread = client.firstThread().orElseThrow();
            assertThat(driver.get(client.readMemory(thread, 0xfffffff0L, 5)))
                    .containsExactly(0xea, 0x5b, 0xe0, 0x00, 0xf0);
            byte[] data = new byte[5000];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) (i * 7);
            }
            driver.get(client.writeMemory(thread, 0x10ff0, data));
            assertThat(driver.get(client.readMemory(thread, 0x10ff0, data.length)))
                    .isEqualTo(data);
            assertThat(driver.get(client.readPhysicalMemory(0x10ff0, 100))).isEqualTo(Arrays.copyOf(data, 100));

            pageIn(driver, thread, 0x10, 0x11);
            assertThat(driver.failure(client.readMemory(thread, 0x11fe0, 0x1040)))
                    .isEqualTo(new RspFailure.MemoryFault(0x12000));
            assertThat(driver.get(client.readReadableMemory(thread, 0xfff0, 0x3000)))
                    .singleElement()
                    .satisfies(piece -> {
                        assertThat(piece.address()).isEqualTo(0x10000);
                        assertThat(piece.bytes()).hasSize(0x2000);
                    });
            assertThat(driver.failure(client.writeMemory(thread, 0x11ff0, new byte[0x20])))
                    .isEqualTo(new RspFailure.MemoryFault(0x12000));
            assertThat(driver.get(client.monitor("info version"))).contains("7.2");
            assertThat(driver.failure(client.readMemory(new ThreadId(1, 3), 0, 4)))
                    .isEqualTo(new RspFailure.NoSuchThread("p1.3"));
        }
    },
    RUNNING {
        @Override
        void play(Driver driver) {
            RspClient client = driver.client();
            ThreadId thread = client.firstThread().orElseThrow();
            // the first instruction jumps to f000:e05b
            Stoppoint entry = Stoppoint.hardware(0xfe05b);
            driver.get(client.insert(entry));
            assertThat(driver.get(client.halted()).thread()).contains(thread);
            assertThat(driver.get(client.resume(Resume.continueAll())).thread()).contains(thread);
            assertThat(driver.get(client.readRegisters(thread)).requireLong("rip"))
                    .isEqualTo(0xe05b);
            driver.get(client.remove(entry));
            driver.get(client.resume(Resume.step(thread)));
            long stepped = driver.get(client.readRegisters(thread)).requireLong("rip");
            assertThat(stepped).isGreaterThan(0xe05b).isLessThan(0xe06b);
            driver.get(client.resume(Resume.stepWhileOthersRun(thread)));
            assertThat(driver.get(client.readRegisters(thread)).requireLong("rip"))
                    .isNotEqualTo(stepped);

            Stoppoint write = new Stoppoint(Stoppoint.Kind.WRITE, 0, 0xa0000);
            driver.get(client.insert(write));
            assertThat(driver.get(client.resume(Resume.continueAll())))
                    .isInstanceOfSatisfying(
                            StopReply.Signal.class,
                            signal -> assertThat(signal.reason())
                                    .isEqualTo(new StopReply.Reason.Watchpoint(Stoppoint.Kind.WRITE, 0)));
            driver.get(client.remove(write));
            assertThat(driver.failure(client.remove(write))).isEqualTo(new RspFailure.StubError(0x22, ""));
            assertThat(driver.failure(client.resume(Resume.reverseStep()))).isInstanceOf(RspFailure.Unsupported.class);

            CompletableFuture<StopReply> stop = client.resume(Resume.continueAll());
            client.interrupt();
            client.interrupt();
            assertThat(driver.get(stop))
                    .isInstanceOfSatisfying(
                            StopReply.Signal.class,
                            signal -> assertThat(signal.number()).isEqualTo(2));
            assertThat(driver.get(client.stepBits())).isEqualTo(7);
            driver.get(client.setStepBits(1));
            assertThat(driver.get(client.stepBits())).isEqualTo(1);
            driver.get(client.detach());
            assertThat(client.state()).isEqualTo(RspState.CLOSED);
        }
    },
    THREADS {
        @Override
        void play(Driver driver) {
            RspClient client = driver.client();
            ThreadId one = new ThreadId(1, 1);
            ThreadId two = new ThreadId(1, 2);
            Register rip = client.description().findRegister("rip").orElseThrow();
            // selects the second, then steps the first: the stub must have the first selected after that
            driver.get(client.readRegister(two, rip));
            assertThat(driver.get(client.resume(Resume.step(one))).thread()).contains(one);
            assertThat(driver.get(client.readRegister(one, rip))).startsWith(0x5b, 0xe0);
            assertThat(driver.get(client.readRegister(two, rip))).startsWith(0xf0, 0xff);
            // continues with the second selected and pauses: which is selected then is not to be relied on
            CompletableFuture<StopReply> stop = client.resume(Resume.continueAll());
            client.interrupt();
            driver.get(stop);
            assertThat(driver.get(client.readRegister(two, rip))).startsWith(0xf0, 0xff);
            driver.get(client.kill());
        }
    };

    /** Without the gdb socket. */
    static final List<String> COMMAND =
            List.of("qemu-system-x86_64", "-M", "pc", "-m", "64", "-smp", "2", "-S", "-nodefaults", "-display", "none");

    /** How a scenario waits: on a real event loop, or by settling one in memory. */
    interface Driver {
        RspClient client();

        <T> T get(CompletableFuture<T> future);

        default RspFailure failure(CompletableFuture<?> future) {
            RspException e = catchThrowableOfType(RspException.class, () -> get(future));
            assertThat(e).isNotNull();
            return e.failure();
        }
    }

    /** Turns 32-bit paging on with just these pages, each where it is. Intel SDM 3A, "32-Bit Paging". */
    private static void pageIn(Driver driver, ThreadId thread, int... pages) {
        RspClient client = driver.client();
        byte[] table = new byte[0x1000];
        for (int page : pages) {
            table[4 * page] = 3;
            table[4 * page + 1] = (byte) (page << 4);
            table[4 * page + 2] = (byte) (page >> 4);
        }
        driver.get(client.writeMemory(thread, 0x20000, new byte[] {3, 0x10, 2, 0})); // directory: table at 0x21000
        driver.get(client.writeMemory(thread, 0x21000, table));
        set(driver, thread, "cr3", 0x20000);
        set(driver, thread, "cr0", 0xe0000011L);
    }

    private static void set(Driver driver, ThreadId thread, String name, long value) {
        Register register = driver.client().description().findRegister(name).orElseThrow();
        byte[] bytes = Registers.targetOrder(
                BigInteger.valueOf(value),
                register.sizeBytes(),
                driver.client().description().byteOrder());
        driver.get(driver.client().writeRegister(thread, register, bytes));
    }

    abstract void play(Driver driver);

    String transcript() {
        return name().toLowerCase(java.util.Locale.ROOT) + "-qemu-7.2.rsp";
    }
}
