-------------------------------- MODULE HTML --------------------------------
(* Documents of HTML as strings. *)
LOCAL INSTANCE Sequences
LOCAL INSTANCE SequencesExt

(* A string in which, for each pair of `args' in turn, the first occurrence of its first part is replaced by its
   second. *)
StringFill(string, args) == FoldLeft(LAMBDA text, pair : ReplaceFirstSubSeq(pair[2], pair[1], text), string, args)

(* Strings joined, with a separator between them; none as long as there is nothing to separate. *)
StringSeqToString(string_seq, separator) ==
  FoldLeft(LAMBDA text, part : IF text = "" THEN part ELSE text \o separator \o part, "", string_seq)

LOCAL Lines(parts) == StringSeqToString(parts, "\n")

HTMLDocument(header, body, list_of_scripts) ==
  Lines(<<"<!DOCTYPE html>", "<html>", header, body, Lines(list_of_scripts), "</html>">>)

-----------------------------------------------------------------------------
(* Style *)

HTMLAttribute(name, value) == name \o ": " \o value \o ";"
HTMLClass(classname, attribute_list) == Lines(<<classname \o " {", Lines(attribute_list), "}">>)

HTMLDefaultStyle ==
  Lines(<<
    HTMLClass(".default_grid", <<HTMLAttribute("display", "grid")>>),
    HTMLClass(".default_box", <<HTMLAttribute("border", "1px solid black")>>),
    HTMLClass(".default_circle", <<HTMLAttribute("border-radius", "50%")>>)
  >>)
HTMLStyleSheet(class_list) ==
  Lines(<<"<style type=\"text/css\">", HTMLDefaultStyle, Lines(class_list), "</style>">>)

HTMLSize(width, height) == HTMLAttribute("width", width) \o " " \o HTMLAttribute("height", height)
HTMLFlexCenterAttributes ==
  Lines(<<HTMLAttribute("display", "flex"), HTMLAttribute("align-items", "center"),
          HTMLAttribute("justify-content", "center")>>)

-----------------------------------------------------------------------------
(* Head *)

HTMLScriptFile(name) == "<script src=\"" \o name \o "\"></script>"
HTMLScript(children) == Lines(<<"<script>", Lines(children), "</script>">>)
HTMLLink(name, type) == "<link href=\"" \o name \o "\" rel=\"" \o type \o "\"/>"
HTMLHeader(title, list_of_links, class_list) ==
  Lines(<<"<head>", "<meta charset=\"UTF-8\">", "<title>" \o title \o "</title>", Lines(list_of_links),
          HTMLStyleSheet(class_list), "</head>">>)

-----------------------------------------------------------------------------
(* Body *)

LOCAL Div(attributes, content) == Lines(<<"<div " \o attributes \o ">", content, "</div>">>)
LOCAL Id(id) == "id=\"" \o id \o "\""

HTMLBody(body) == Lines(<<"<body>", body, "</body>">>)
HTMLFrame(id, children) == Div(Id(id), Lines(children))
HTMLGridContainer(id, class_list, children) ==
  Div(Id(id) \o " class=\"default_grid " \o StringSeqToString(class_list, " ") \o "\"", Lines(children))
HTMLBox(id, class_list, size, children) ==
  Div(Id(id) \o " class=\"default_box " \o StringSeqToString(class_list, " ") \o "\" style=\"" \o size \o "\"",
      Lines(children))
HTMLCircle(id, class_list, size, children) == HTMLBox(id, <<"default_circle">> \o class_list, size, children)
HTMLText(id, text) == Lines(<<"<span " \o Id(id) \o ">", text, "</span>">>)
HTMLSVG(id, viewBox, size, svgString) ==
  Lines(<<"<svg " \o Id(id) \o " viewBox=\"" \o viewBox \o "\" style=\"" \o size \o "\">", svgString, "</svg>">>)
HTMLNewLine == "<br>"

-----------------------------------------------------------------------------
(* JavaScript: lines between two elements, and what keys do. *)

HTMLJSLineElems(fromID, destID) ==
  LET element(id) == "document.getElementById(\"" \o id \o "\")" IN element(fromID) \o ", " \o element(destID)

LOCAL Leader(ends, style) == "new LeaderLine(" \o ends \o style \o "})"

HTMLJSLine(fromID, destID, color, size) ==
  Leader(HTMLJSLineElems(fromID, destID), ", {color: '" \o color \o "', size: " \o size)
HTMLJSLineDash(fromID, destID, color, size) ==
  Leader(HTMLJSLineElems(fromID, destID), ",  {color: '" \o color \o "', size: " \o size \o ", dash: true")

HTMLJSKeyListener(events) ==
  Lines(<<"window.onkeyup = function(event) {", "let key = event.key.toUpperCase();", Lines(events), "}">>)
HTMLJSNavigationKey(key, file) ==
  Lines(<<"if(key == '" \o key \o "'){", "window.location.replace(\"" \o file \o "\");", "}">>)
=============================================================================
