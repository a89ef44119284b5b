-------------------------------- MODULE CSV --------------------------------
(* Files with a record in each line. The texts only say how the operators are called: their values are Python's. *)
LOCAL INSTANCE Naturals

(* Adds a line: the template with the elements of the sequence `val' put in for %1$s, %2$s and so on. *)
CSVWrite(template, val, file) == TRUE

(* Adds the values of a record, and before them its field names if `headers' says so and the file is empty. *)
CSVWriteRecord(record, delim, headers, file) == TRUE

(* The lines as records of strings with these fields. *)
CSVRead(columns, delimiter, file) == CHOOSE s : TRUE

(* How many lines there are; none if there is no file. *)
CSVRecords(file) == CHOOSE n \in Nat : TRUE
=============================================================================
