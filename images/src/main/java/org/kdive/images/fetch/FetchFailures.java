package org.kdive.images.fetch;

import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** How this package says that something is not to be had. */
final class FetchFailures {
    private FetchFailures() {}

    static ImageException missing(String source, String what) {
        return new ImageException(new ImageFailure.Missing(source, what));
    }

    static ImageException interrupted(String doing, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new ImageException(new ImageFailure.Missing(doing, "interrupted"), cause);
    }
}
