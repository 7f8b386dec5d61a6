package cachefiles.app.check.explore;

/// Reads what [Encoder] wrote. Not safe for several threads.
final class Decoder {
    private final Model model;

    Decoder(Model model) {
        this.model = model;
    }

    World decode(byte[] bytes) {
        var in = new StateReader(model, bytes);
        var parts = new Parts(model);
        GlobalsCodec.read(in, parts);
        for (int number = 0; number < parts.sites.length; number++) {
            in.beginSection(model.cookies[number]);
            ObjectCodec.read(in, parts, number);
            in.endSection();
        }
        return parts.world(in);
    }
}
