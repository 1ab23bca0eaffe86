package org.kdive.images.kernel;

import java.util.OptionalLong;
import org.kdive.images.bytes.Bytes;

/** How what a layer holds is unpacked: anew each time, as {@link Decompressor} does, or once. Any thread. */
@FunctionalInterface
public interface Unpacking {
    /** Exactly {@code declaredSize} bytes if that is known, and an exception if the stream holds fewer. */
    Bytes unpack(Compression compression, Bytes packed, OptionalLong declaredSize);
}
