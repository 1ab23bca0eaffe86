package org.kdive.images.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kdive.images.linux.FakeKernel.POINTER;
import static org.kdive.images.linux.FakeKernel.U32;
import static org.kdive.images.linux.FakeKernel.U64;
import static org.kdive.images.linux.FakeKernel.array;
import static org.kdive.images.linux.FakeKernel.member;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kdive.images.ImageException;
import org.kdive.images.types.IntType;

final class TreeWalkTest {
    private static final long ROOT = 0xffff_8880_0000_1000L;
    private static final long NODES = 0xffff_8880_0010_0000L;

    private static FakeKernel kernel() {
        FakeKernel kernel = new FakeKernel();
        IntType byteType = new IntType("unsigned char", 1, false, false, false);
        kernel.struct("rb_root", 8, member("rb_node", 0, POINTER));
        kernel.struct(
                "rb_node",
                24,
                member("__rb_parent_color", 0, U64),
                member("rb_right", 8, POINTER),
                member("rb_left", 16, POINTER));
        kernel.struct("xarray", 16, member("xa_lock", 0, U32), member("xa_head", 8, POINTER));
        kernel.struct(
                "xa_node",
                576,
                member("shift", 0, byteType),
                member("offset", 1, byteType),
                member("slots", 40, array(POINTER, 64)));
        kernel.struct(
                "idr",
                24,
                member("idr_rt", 0, kernel.struct("xarray", 16, member("xa_head", 8, POINTER))),
                member("idr_base", 16, U32));
        kernel.struct("ida", 16, member("xa", 0, kernel.struct("xarray", 16, member("xa_head", 8, POINTER))));
        kernel.struct("ida_bitmap", 128, member("bitmap", 0, array(U64, 16)));
        kernel.struct("maple_tree", 16, member("ma_root", 8, POINTER));
        kernel.struct(
                "maple_range_64", 256, member("pivot", 8, array(U64, 15)), member("slot", 128, array(POINTER, 16)));
        kernel.struct(
                "maple_arange_64", 256, member("pivot", 8, array(U64, 9)), member("slot", 80, array(POINTER, 10)));
        return kernel.map(ROOT, 4096);
    }

    private static void nothing() {}

    private static long node(int number) {
        return NODES + number * 1024L;
    }

    private static void redBlack(FakeKernel kernel, int number, int left, int right) {
        kernel.put(node(number) + 8, right == 0 ? 0 : node(right)).put(node(number) + 16, left == 0 ? 0 : node(left));
    }

    private static FakeKernel sevenNodes() {
        FakeKernel kernel = kernel().put(ROOT, node(4));
        redBlack(kernel, 4, 2, 6);
        redBlack(kernel, 2, 1, 3);
        redBlack(kernel, 6, 5, 7);
        for (int leaf : new int[] {1, 3, 5, 7}) {
            redBlack(kernel, leaf, 0, 0);
        }
        return kernel;
    }

    @Test
    void walksARedBlackTreeInOrder() {
        TreeWalk walk = TreeWalk.ofRedBlack(sevenNodes().live(), ROOT, TreeWalkTest::nothing);

        assertThat(walk.lost()).isEmpty();
        assertThat(walk.entries())
                .extracting(TreeWalk.Entry::value)
                .containsExactly(node(1), node(2), node(3), node(4), node(5), node(6), node(7));
        assertThat(TreeWalk.ofRedBlack(kernel().live(), ROOT, TreeWalkTest::nothing)
                        .entries())
                .isEmpty();
    }

    @Test
    void saysWhereARedBlackTreeIsBroken() {
        FakeKernel round = sevenNodes();
        redBlack(round, 7, 0, 4);
        assertThat(TreeWalk.ofRedBlack(round.live(), ROOT, TreeWalkTest::nothing)
                        .lost())
                .contains("its own descendant");
        FakeKernel wild = sevenNodes().put(node(6) + 16, 0x1234);
        TreeWalk walk = TreeWalk.ofRedBlack(wild.live(), ROOT, TreeWalkTest::nothing);
        assertThat(walk.lost()).contains("cannot access memory");
        assertThat(walk.entries()).hasSize(4);
        assertThatThrownBy(() -> TreeWalk.ofRedBlack(kernel().live(), 0x4000, TreeWalkTest::nothing))
                .isInstanceOf(ImageException.class);
    }

    @Test
    void endsWhenItIsToldTo() {
        int[] steps = {0};
        assertThatThrownBy(() -> TreeWalk.ofRedBlack(sevenNodes().live(), ROOT, () -> {
                    if (++steps[0] == 3) {
                        throw new IllegalStateException("Ctrl-C");
                    }
                }))
                .hasMessage("Ctrl-C");
    }

    @Test
    void readsAnXarrayOfTwoLevelsWithNumbersAndHoles() {
        FakeKernel kernel = kernel().put(ROOT + 8, node(0) + 2);
        kernel.map(node(0), 2048).put(node(0), 6, 1).put(node(1), 0, 1);
        kernel.put(node(0) + 40, node(1) + 2); // slot 0: indices 0 to 63
        kernel.put(node(0) + 40 + 8 * 2, 0xffff888000002000L); // slot 2: index 128
        kernel.put(node(1) + 40 + 8 * 5, 0xffff888000003000L);
        kernel.put(node(1) + 40 + 8 * 6, 2); // a sibling of slot 0: not an entry
        kernel.put(node(1) + 40 + 8 * 7, 1030); // reserved
        kernel.put(node(1) + 40 + 8 * 63, 77 << 1 | 1);

        TreeWalk walk = TreeWalk.ofXarray(kernel.live(), ROOT, TreeWalkTest::nothing);

        assertThat(walk.lost()).isEmpty();
        assertThat(walk.entries())
                .containsExactly(
                        new TreeWalk.Entry(5, 5, 0xffff888000003000L),
                        new TreeWalk.Entry(63, 63, 77 << 1 | 1),
                        new TreeWalk.Entry(128, 128, 0xffff888000002000L));
        assertThat(walk.entries().get(1).isNumber()).isTrue();
        assertThat(walk.entries().get(1).number()).isEqualTo(77);
    }

    @Test
    void readsAnIdrFromItsBaseAndAnArrayOfOne() {
        FakeKernel kernel = kernel().put(ROOT + 8, 0xffff888000002000L).put(ROOT + 16, 100, 4);
        assertThat(TreeWalk.ofIdr(kernel.live(), ROOT, TreeWalkTest::nothing).entries())
                .containsExactly(new TreeWalk.Entry(100, 100, 0xffff888000002000L));
        assertThat(TreeWalk.ofXarray(kernel.live(), ROOT, TreeWalkTest::nothing).entries())
                .containsExactly(new TreeWalk.Entry(0, 0, 0xffff888000002000L));
    }

    @Test
    void readsTheNumbersThatAnIdaHasGivenOut() {
        FakeKernel kernel = kernel().put(ROOT + 8, 0b1_0111 << 1 | 1);
        assertThat(TreeWalk.ofIda(kernel.live(), ROOT, TreeWalkTest::nothing).entries())
                .containsExactly(new TreeWalk.Entry(0, 2, 0), new TreeWalk.Entry(4, 4, 0));

        long map = node(2);
        kernel.put(ROOT + 8, node(0) + 2)
                .map(node(0), 4096)
                .put(map, -1)
                .put(map + 8, -1)
                .put(map + 120, 1L << 63);
        kernel.put(node(0) + 40, map).put(node(0) + 40 + 8, 1 << 1 | 1); // 1024 numbers each
        TreeWalk walk = TreeWalk.ofIda(kernel.live(), ROOT, TreeWalkTest::nothing);
        assertThat(walk.entries()).containsExactly(new TreeWalk.Entry(0, 127, 0), new TreeWalk.Entry(1023, 1024, 0));
        assertThat(walk.lost()).isEmpty();

        kernel.put(node(0) + 40, 0x1230);
        assertThat(TreeWalk.ofIda(kernel.live(), ROOT, TreeWalkTest::nothing).lost())
                .contains("cannot access memory");
        assertThat(TreeWalk.ofIda(kernel().live(), ROOT, TreeWalkTest::nothing).entries())
                .isEmpty();
    }

    @Test
    void refusesAnXarrayThatDoesNotGoDown() {
        FakeKernel kernel = kernel().put(ROOT + 8, node(0) + 2).map(node(0), 2048);
        kernel.put(node(0), 6, 1).put(node(0) + 40, node(1) + 2).put(node(1), 6, 1);
        assertThat(TreeWalk.ofXarray(kernel.live(), ROOT, TreeWalkTest::nothing).lost())
                .contains("no lower");
    }

    @Test
    void readsTheRangesOfAMapleTree() {
        FakeKernel kernel = kernel().put(ROOT + 8, node(0) | 3 << 3 | 2);
        kernel.map(node(0), 2048);
        kernel.put(node(0) + 8, 0xffff).put(node(0) + 8 + 8, -1);
        kernel.put(node(0) + 80, node(1) | 1 << 3).put(node(0) + 80 + 8, node(2) | 1 << 3);
        kernel.map(node(1), 2048);
        kernel.put(node(1) + 8, 0xfff).put(node(1) + 16, 0x1fff).put(node(1) + 24, 0xffff);
        kernel.put(node(1) + 128 + 8, 0xffff888000002000L); // 0x1000-0x1fff; the others are gaps
        kernel.put(node(2) + 128, 0xffff888000003000L); // all the rest: its first pivot is unused
        kernel.put(node(2) + 8, -1);

        TreeWalk walk = TreeWalk.ofMaple(kernel.live(), ROOT, TreeWalkTest::nothing);

        assertThat(walk.lost()).isEmpty();
        assertThat(walk.entries())
                .containsExactly(
                        new TreeWalk.Entry(0x1000, 0x1fff, 0xffff888000002000L),
                        new TreeWalk.Entry(0x10000, -1, 0xffff888000003000L));
    }

    @Test
    void endsOnGarbageOfEveryKind() {
        Random random = new Random(20261120);
        for (int round = 0; round < 300; round++) {
            FakeKernel kernel = kernel().map(NODES, 64 << 10);
            for (byte[] block : kernel.blocks()) {
                for (int at = 0; at < block.length; at += 8) {
                    // a pointer among the nodes, with whatever in its low bits: garbage that leads somewhere
                    long word = NODES + random.nextInt(64 << 10);
                    for (int i = 0; i < 8; i++) {
                        block[at + i] = (byte) (word >>> 8 * i);
                    }
                }
            }
            LiveKernel live = kernel.live();
            List<TreeWalk> walks = new ArrayList<>();
            walks.add(TreeWalk.ofRedBlack(live, ROOT, TreeWalkTest::nothing));
            walks.add(TreeWalk.ofXarray(live, ROOT, TreeWalkTest::nothing));
            walks.add(TreeWalk.ofMaple(live, ROOT, TreeWalkTest::nothing));
            assertThat(walks).allSatisfy(walk -> assertThat(walk.entries()).hasSizeLessThan(100_000));
        }
    }
}
