package io.dormouse.wire;

/// AWS's wire protocols.
///
/// @see <a href="https://smithy.io/2.0/aws/protocols/index.html">Smithy: AWS protocols</a>
public enum Protocol {
    AWS_JSON_1_0,
    AWS_JSON_1_1,
    QUERY,
    RPC_V2_CBOR,
    REST_JSON,
    REST_XML
}
