-------------------------------- MODULE Json --------------------------------
(* Values from JSON and to JSON: records and functions are objects, sequences and sets arrays, model values strings.
   The texts only say how the operators are called: their values are Python's. *)

(* A value as text; a function as an array of its values; a function as an object. *)
ToJson(value) == CHOOSE s \in STRING : TRUE
ToJsonArray(value) == CHOOSE s \in STRING : TRUE
ToJsonObject(value) == CHOOSE s \in STRING : TRUE

(* A file with one value. *)
JsonSerialize(absoluteFilename, value) == TRUE
JsonDeserialize(absoluteFilename) == CHOOSE v : TRUE

(* A file with a value in each line; a sequence of them. *)
ndJsonSerialize(absoluteFilename, value) == TRUE
ndJsonDeserialize(absoluteFilename) == CHOOSE v : TRUE
=============================================================================
