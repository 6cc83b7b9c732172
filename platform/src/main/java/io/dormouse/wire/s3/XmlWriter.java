package io.dormouse.wire.s3;

import io.dormouse.wire.sign.Encoding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.PayloadTrait;
import software.amazon.awssdk.core.traits.XmlAttributeTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;

/// SDK shapes to S3's XML documents.
final class XmlWriter {
    private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
    private static final String XSI = "http://www.w3.org/2001/XMLSchema-instance";

    /// Members inside of lists that are keys, or beginnings of keys.
    private static final Set<String> KEYS = Set.of("Key", "Prefix");

    private final StringBuilder text = new StringBuilder(HEAD);
    private final Set<String> encoded;

    /// @param encoded members of the root that `encoding-type=url` encodes; if there are any, keys
    ///   in its lists are encoded too
    XmlWriter(Set<String> encoded) {
        this.encoded = encoded;
    }

    /// The document of a shape.
    byte[] write(String root, SdkPojo shape) {
        text.append('<').append(root).append(" xmlns=\"").append(NAMESPACE).append('"');
        content(shape, 0);
        end(root);
        return bytes();
    }

    /// A document that is one text.
    byte[] write(String root, String content) {
        text.append('<').append(root).append(" xmlns=\"").append(NAMESPACE).append("\">");
        escape(content);
        end(root);
        return bytes();
    }

    /// An error's document: names and texts by turns.
    byte[] error(List<String> namesAndTexts) {
        text.append("<Error>");
        for (int i = 0; i < namesAndTexts.size(); i += 2) {
            text.append('<').append(namesAndTexts.get(i)).append('>');
            escape(namesAndTexts.get(i + 1));
            end(namesAndTexts.get(i));
        }
        end("Error");
        return bytes();
    }

    private byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void end(String name) {
        text.append("</").append(name).append('>');
    }

    /// Finishes the start tag, then writes the members.
    private void content(SdkPojo shape, int depth) {
        for (SdkField<?> field : shape.sdkFields()) {
            Object value = field.getValueOrDefault(shape);
            if (value != null && field.containsTrait(XmlAttributeTrait.class)) {
                text.append(" xmlns:xsi=\"").append(XSI).append("\" xsi:type=\"");
                escape(value.toString());
                text.append('"');
            }
        }
        text.append('>');
        for (SdkField<?> field : shape.sdkFields()) {
            Object value = field.getValueOrDefault(shape);
            boolean isElement =
                    field.location() == MarshallLocation.PAYLOAD
                            && !field.containsTrait(PayloadTrait.class)
                            && !field.containsTrait(XmlAttributeTrait.class);
            if (isElement && value != null && !(value instanceof SdkAutoConstructList)) {
                member(field, field.unmarshallLocationName(), value, depth);
            }
        }
    }

    private void member(SdkField<?> field, String name, Object value, int depth) {
        if (!(value instanceof List<?> list)) {
            element(name, value, depth);
            return;
        }
        ListTrait trait = field.getTrait(ListTrait.class);
        if (trait.isFlattened()) {
            list.forEach(each -> element(name, each, depth));
            return;
        }
        text.append('<').append(name).append('>');
        list.forEach(each -> element(item(trait), each, depth));
        end(name);
    }

    static String item(ListTrait list) {
        return list.memberLocationName() == null ? "member" : list.memberLocationName();
    }

    private void element(String name, Object value, int depth) {
        text.append('<').append(name);
        if (value instanceof SdkPojo shape) {
            content(shape, depth + 1);
        } else {
            text.append('>');
            boolean isEncoded =
                    depth == 0 ? encoded.contains(name) : !encoded.isEmpty() && KEYS.contains(name);
            String scalar = Scalars.document(value);
            escape(isEncoded ? Encoding.encode(scalar, "/*") : scalar);
        }
        end(name);
    }

    /// Control characters cannot be in XML at all; S3 sends references to them all the same.
    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                default -> {
                    if (c < ' ') {
                        text.append("&#x").append(Integer.toHexString(c)).append(';');
                    } else {
                        text.append(c);
                    }
                }
            }
        }
    }
}
