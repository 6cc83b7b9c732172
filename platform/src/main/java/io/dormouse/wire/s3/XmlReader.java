package io.dormouse.wire.s3;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.PayloadTrait;
import software.amazon.awssdk.core.traits.XmlAttributeTrait;
import software.amazon.awssdk.utils.builder.Buildable;

/// XML documents to SDK shapes, by the metadata of their members. Namespaces are not looked at, for
/// S3 does not either; documents with a DTD are refused.
final class XmlReader {
    private static final String XSI = "http://www.w3.org/2001/XMLSchema-instance";
    private static final int DEPTH_MAX = 32;
    private static final XMLInputFactory FACTORY = factory();

    /// An element.
    ///
    /// @param type its `xsi:type`; empty for none
    record Element(String name, String type, StringBuilder text, List<Element> children) {
        List<Element> named(String child) {
            return children.stream().filter(each -> each.name().equals(child)).toList();
        }
    }

    private XmlReader() {}

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory;
    }

    /// The root of a document.
    static Element parse(byte[] document) {
        try {
            XMLStreamReader reader =
                    FACTORY.createXMLStreamReader(new ByteArrayInputStream(document));
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.DTD) {
                    throw S3Error.MALFORMED_XML.error();
                }
                if (event == XMLStreamConstants.START_ELEMENT) {
                    Element root = element(reader, 1);
                    while (reader.hasNext()) {
                        reader.next(); // what follows must be well-formed too
                    }
                    return root;
                }
            }
            throw S3Error.MALFORMED_XML.error();
        } catch (XMLStreamException e) {
            throw S3Error.MALFORMED_XML.error();
        }
    }

    private static Element element(XMLStreamReader reader, int depth) throws XMLStreamException {
        String type = Optional.ofNullable(reader.getAttributeValue(XSI, "type")).orElse("");
        Element element =
                new Element(reader.getLocalName(), type, new StringBuilder(), new ArrayList<>());
        if (depth > DEPTH_MAX) {
            throw S3Error.MALFORMED_XML.error();
        }
        for (int event = reader.next();
                event != XMLStreamConstants.END_ELEMENT;
                event = reader.next()) {
            switch (event) {
                case XMLStreamConstants.START_ELEMENT ->
                        element.children().add(element(reader, depth + 1));
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
                        element.text().append(reader.getText());
                case XMLStreamConstants.ENTITY_REFERENCE -> throw S3Error.MALFORMED_XML.error();
                default -> {}
            }
        }
        return element;
    }

    /// Sets the members of a builder that the element has.
    static <B extends SdkPojo> B fill(B builder, Element element) {
        for (SdkField<?> field : builder.sdkFields()) {
            if (field.location() == MarshallLocation.PAYLOAD
                    && !field.containsTrait(PayloadTrait.class)) {
                member(field, element).ifPresent(value -> field.set(builder, value));
            }
        }
        return builder;
    }

    /// The value of a member that an element stands for.
    static Object shape(SdkField<?> field, Element element) {
        return ((Buildable) fill(field.constructor().get(), element)).build();
    }

    private static Optional<Object> member(SdkField<?> field, Element element) {
        if (field.containsTrait(XmlAttributeTrait.class)) {
            return Optional.<Object>of(element.type()).filter(type -> !type.equals(""));
        }
        List<Element> children = element.named(field.unmarshallLocationName());
        if (children.isEmpty()) {
            return Optional.empty();
        }
        if (!field.marshallingType().equals(MarshallingType.LIST)) {
            return Optional.of(value(field, children.getFirst()));
        }
        ListTrait list = field.getTrait(ListTrait.class);
        List<Element> items =
                list.isFlattened() ? children : children.getFirst().named(XmlWriter.item(list));
        return Optional.of(
                items.stream().map(each -> value(list.memberFieldInfo(), each)).toList());
    }

    private static Object value(SdkField<?> field, Element element) {
        if (field.marshallingType().equals(MarshallingType.SDK_POJO)) {
            return shape(field, element);
        }
        return Scalars.parse(field, element.text().toString())
                .orElseThrow(S3Error.MALFORMED_XML::error);
    }
}
