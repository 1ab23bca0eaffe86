package org.kdive.images.fetch;

/** What a fetch tells while it works. Called on the fetching thread. */
public interface Progress {
    /** A new step begins, in words for a user: "download linux-image-6.1.0-56-cloud-amd64". */
    void step(String what);

    /** Called about ten times a second while a file comes in, and once when it is whole. */
    void downloaded(long doneBytes, long totalBytes, long bytesPerSecond);

    static Progress silent() {
        return new Progress() {
            @Override
            public void step(String what) {}

            @Override
            public void downloaded(long doneBytes, long totalBytes, long bytesPerSecond) {}
        };
    }
}
