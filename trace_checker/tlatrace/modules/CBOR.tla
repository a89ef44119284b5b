-------------------------------- MODULE CBOR --------------------------------
(* Values as bytes of the format CBOR (RFC 8949). TLA+ cannot read files, and has no order of bytes for its values. *)
LOCAL INSTANCE TLC

ToCBOR(value) == Assert(FALSE, "CBOR!ToCBOR cannot be evaluated here")
FromCBOR(bytes) == Assert(FALSE, "CBOR!FromCBOR cannot be evaluated here")
CBORSerialize(absoluteFilename, value) == Assert(FALSE, "CBOR!CBORSerialize cannot be evaluated here")
CBORDeserialize(absoluteFilename) == Assert(FALSE, "CBOR!CBORDeserialize cannot be evaluated here")
=============================================================================
