package cachefiles.app.command;

import java.util.ArrayList;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Constants as the command line writes them: in lower case, `-` between their words.
abstract class Word<E extends Enum<E>> implements ITypeConverter<E> {
    private final Class<E> type;

    Word(Class<E> type) {
        this.type = type;
    }

    @Override
    public final E convert(String text) {
        var words = new ArrayList<String>();
        for (E constant : type.getEnumConstants()) {
            String word = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (word.equals(text)) {
                return constant;
            }
            words.add(word);
        }
        throw new TypeConversionException("no '" + text + "'; there are: " + String.join(" ", words));
    }
}
